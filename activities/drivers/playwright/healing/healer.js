// Taking the fingerprint of an element, and finding it again.

const VERSION = 1;

function fingerprint(element) {
  const root = element.ownerDocument;
  const box = boxOf(element);
  const traits = traitsOf(element);
  return {
    version: VERSION,
    ...traits,
    attributes: otherAttributes(element),
    options: optionsOf(element),
    path: pathOf(element),
    box,
    ...anchorsOf(element, box, textsOf(root.body)),
    mark: markOf(traits),
    ...censusOf(element, root),
  };
}

function find(then, root, budget) {
  const began = performance.now();
  const late = share => performance.now() - began > budget * share;
  then.tokens = tokensOf(then);
  const usable = everything(root, peersOf(then)).filter(element => element.type !== 'hidden');
  const traits = usable.map(traitsOf);
  const census = new Census(then, usable, traits);
  let pool = usable.map((element, i) => ({element, traits: traits[i]}));
  if (then.kind === 'other') {
    const known = new Set(usable);
    const selector = TELLING.split(',').includes(then.tag) ? TELLING : `${TELLING},${then.tag}`;
    for (const element of everything(root, selector)) if (!known.has(element)) pool.push({element, traits: traitsOf(element)});
  }
  const counts = countsOf(then, pool);
  const trust = 0.35 + 0.65 * census.kept;
  for (const candidate of pool) {
    candidate.found = quickly(then, candidate.traits);
    for (const key of KEYS) {
      if (then[key]) candidate.found[ONLY[key]] = candidate.traits[key] === then[key] ? 1 / Math.max(1, counts[key]) : 0;
    }
    candidate.quick = mean(candidate.found, trust);
  }
  pool.sort((one, other) => other.quick - one.quick);
  const kept = [];
  let texts = null;
  let whole = true;
  for (const candidate of pool) {
    if (kept.length === KEPT) break;
    if (late(0.9)) { whole = false; break; }
    if (!shown(candidate.element)) continue;
    texts = texts || textsOf(root.body);
    candidate.box = boxOf(candidate.element);
    candidate.anchors = thoroughly(then, candidate.element, candidate.box, texts, candidate.found);
    candidate.score = mean(candidate.found, trust);
    candidate.mark = markOf(candidate.traits);
    candidate.claimed = false;
    kept.push(candidate);
  }
  kept.sort((one, other) => other.score - one.score);
  const bearers = census.bearers();
  const {others, settled} = sortedOut(then, bearers.map(i => usable[i]), bearers.map(i => traits[i]));
  for (const candidate of kept.slice(0, CLAIMS_LOOKED_AT)) {
    candidate.claimed = others.has(candidate.element) || census.claimed(candidate.mark);
  }
  const free = [...kept].sort((one, other) => one.claimed - other.claimed || other.score - one.score);
  const best = free[0];
  const second = best && free.find(other => !oneControl(best.element, other.element, best.box, other.box));
  return {best, second, evidence: best ? evidenceOf(then, best, second, census, counts, {settled: !!settled && best.element === settled, whole, size: pool.length, ms: performance.now() - began}) : null};
}

function countsOf(then, pool) {
  const counts = {};
  for (const key of KEYS) {
    if (!then[key]) continue;
    const same = pool.filter(candidate => candidate.traits[key] === then[key] && (key === 'id' || candidate.traits.kind === then.kind) && shown(candidate.element));
    counts[key] = same.filter((one, i) => !same.slice(0, i).some(other => one.element.contains(other.element) || other.element.contains(one.element))).length;
  }
  return counts;
}

const rounded = number => number == null ? null : Math.round(number * 1000) / 1000;
function evidenceOf(then, best, second, census, counts, told) {
  const {found} = best;
  const names = ['text', 'label', 'hint', 'icon'].filter(key => then[key]);
  const agreeing = KEYS.filter(key => then[key] && best.traits[key] === then[key]);
  return {
    score: rounded(best.score),
    margin: rounded(best.score - (second && second.claimed === best.claimed ? second.score : 0)),
    own: rounded(partOf(found, OWN)),
    around: rounded(partOf(found, AROUND)),
    place: rounded(partOf(found, PLACE)),
    called: names.length ? rounded(Math.max(...names.map(key => found[key]))) : null,
    agreeing,
    only: agreeing.filter(key => counts[key] === 1),
    still: found.still === 1,
    settled: told.settled,
    claimed: best.claimed,
    kept: rounded(census.kept),
    named: census.counts(0),
    same_kind: best.traits.kind === then.kind,
    same_tag: best.traits.tag === then.tag,
    whole: told.whole,
    candidates: told.size,
    ms: Math.round(told.ms * 10) / 10,
  };
}
