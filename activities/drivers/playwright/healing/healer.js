// Taking the fingerprint of an element, and finding it again.

const VERSION = 1;
const MOST_COUNTED = 10;
const MOST_OF_A_NAME = 20;
const SAME_COMPANY = 0.5;
const AT_LEAST = 12;
const EVEN = 0.001;

function fingerprint(element) {
  const root = element.ownerDocument;
  const box = boxOf(element);
  const traits = traitsOf(element);
  return {
    version: VERSION,
    ...glance([element]),
    ...traits,
    attributes: otherAttributes(element),
    options: optionsOf(element),
    path: pathOf(element),
    box,
    ...anchorsOf(element, box, textsOf(root.body, [box])),
    mark: markOf(traits),
    ...censusOf(element, root),
  };
}

function find(then, root, budget) {
  const began = performance.now();
  const late = share => performance.now() - began > budget * share;
  then.tokens = tokensOf(then);
  const roots = rootsOf(root);
  const usable = everything(root, peersOf(then), roots).filter(element => element.type !== 'hidden');
  const traits = usable.map(traitsOf);
  const census = new Census(then, usable, traits);
  let pool = usable.map((element, i) => ({element, traits: traits[i]}));
  if (then.kind === 'other') {
    const known = new Set(usable);
    const selector = TELLING.split(',').includes(then.tag) ? TELLING : `${TELLING},${then.tag}`;
    for (const element of everything(root, selector, roots)) if (!known.has(element)) pool.push({element, traits: traitsOf(element)});
  }
  const counts = countsOf(then, pool);
  const trust = 0.35 + 0.65 * census.kept;
  for (const candidate of pool) {
    candidate.quick = mean(withKeys(quickly(then, candidate.traits), then, candidate.traits, counts), trust);
  }
  pool.sort((one, other) => other.quick - one.quick);
  pool = closestFirst(then, pool);
  const kept = [];
  for (const candidate of pool) {
    if (kept.length === KEPT) break;
    if (!shown(candidate.element)) continue;
    candidate.box = boxOf(candidate.element);
    kept.push(candidate);
  }
  const texts = textsOf(root.body, kept.map(candidate => candidate.box));
  const whole = kept.every((candidate, i) => (i < AT_LEAST || !late(0.9)) && weigh(candidate));
  function weigh(candidate) {
    candidate.found = withKeys(quickly(then, candidate.traits, true), then, candidate.traits, counts);
    candidate.anchors = thoroughly(then, candidate.element, candidate.box, texts, candidate.found);
    candidate.mark = markOf(candidate.traits);
    candidate.claimed = false;
    return true;
  }
  while (kept.length && !kept[kept.length - 1].found) kept.pop();
  const beside = companyOf(then, kept);
  for (const candidate of kept) {
    if (beside.length) candidate.found.onlyAround = beside.includes(candidate) ? 1 / beside.length : 0;
    candidate.score = mean(candidate.found, trust);
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
  return {best, second, evidence: best ? evidenceOf(then, best, second, census, counts, {settled: !!settled && best.element === settled, unique: isUnique(then, best, kept), lost: lostItsLabel(then, best), whole, size: pool.length, ms: performance.now() - began}) : null};
}

// Where more bear the name than can be looked at, those in whose row or group the same words stand come first.
function closestFirst(then, pool) {
  if (pool.length <= KEPT || !then.around.length) return pool;
  const called = calledBy(then);
  const bearers = pool.filter(({traits}) => traits.kind === then.kind && calledBy(traits) === called);
  if (bearers.length <= MOST_OF_A_NAME) return pool;
  for (const candidate of bearers) {
    const said = placeOf(candidate.element).toLowerCase();
    candidate.shares = then.around.reduce((sum, word) => sum + (said.includes(word) ? word.length : 0), 0);
  }
  const closest = new Set(bearers.sort((one, other) => other.shares - one.shares).slice(0, MOST_OF_A_NAME));
  return [...closest, ...pool.filter(candidate => !closest.has(candidate))];
}

// Of those that bear the name, as others did before: the ones in whose row or group most of the same words stand.
function companyOf(then, kept) {
  if (!then.twins.length || !then.around.length) return [];
  const called = calledBy(then);
  const bearers = kept.filter(({traits}) => traits.kind === then.kind && calledBy(traits) === called);
  const most = Math.max(0, ...bearers.map(({found}) => found.around));
  return most < SAME_COMPANY ? [] : bearers.filter(({found}) => found.around > most - EVEN);
}

// A key counts for more the fewer elements share it.
function withKeys(found, then, now, counts) {
  for (const key of KEYS) {
    if (then[key]) found[ONLY[key]] = now[key] === then[key] ? 1 / Math.max(1, counts[key]) : 0;
  }
  return found;
}

// How many elements share each key, as far as that matters; an element and what it holds are one.
function countsOf(then, pool) {
  const counts = {};
  for (const key of KEYS) {
    if (!then[key]) continue;
    const same = [];
    for (const {element, traits} of pool) {
      if (traits[key] !== then[key] || (key !== 'id' && traits.kind !== then.kind) || !shown(element)) continue;
      if (!same.some(other => other.contains(element) || element.contains(other))) same.push(element);
      if (same.length === MOST_COUNTED) break;
    }
    counts[key] = same.length;
  }
  return counts;
}

// Whether it is the same in all that it is, and none of its name was then or is now.
function isUnique(then, best, kept) {
  if (!best.found.same || then.twins.length >= MOST_TWINS || then.twins.some(twin => twin.same)) return false;
  const look = JSON.stringify(best.traits);
  return !kept.some(other => JSON.stringify(other.traits) === look && !oneControl(best.element, other.element, best.box, other.box));
}

// Whether its label still stands in its group, alone there, and names nothing any more: one of their ids has changed.
function lostItsLabel(then, {element, traits}) {
  if (!then.label || calledBy(traits)) return false;
  for (let at = element.parentElement, steps = 0; at && steps < 3; at = at.parentElement, steps++) {
    if (at.querySelectorAll('input,select,textarea').length > 1) return false;
    const label = at.querySelector('label[for]');
    if (label) return !label.control && plain(label.textContent) === then.label;
  }
  return false;
}

const rounded = number => number == null ? null : Math.round(number * 1000) / 1000;
function evidenceOf(then, best, second, census, counts, told) {
  const {found} = best;
  const names = NAMES.filter(key => then[key]);
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
    unique: told.unique,
    lost: told.lost,
    apart: stoodApart(then),
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

// Whether an element is the one remembered, as far as it can tell by itself.
function identify(then, element) {
  const now = traitsOf(element);
  const names = NAMES.filter(key => then[key]);
  const alikeNamed = key => alike(nameless(then[key]), nameless(now[key] || calledBy(now)));
  return {
    same_kind: now.kind === then.kind,
    called: names.length ? rounded(Math.max(...names.map(alikeNamed))) : null,
    agreeing: KEYS.filter(key => then[key] && now[key] === then[key]),
  };
}

// A fingerprint, and all that the page says: whoever keeps the one must know whether a secret is among the other.
const learned = element => ({fingerprint: fingerprint(element), said: cut(element.ownerDocument.body.innerText, 500000)});

// What a step asks of the element its target names, unless it is as it was: who it is, and a new fingerprint.
function meet([element], then) {
  if (!element) return null;
  return {identity: then ? identify(then, element) : null, learned: learned(element)};
}

// What a step asks when its target names nothing, or something else: the best candidate, marked so that it can be used.
function seek([start], {then, budget, token, named}) {
  if (!start) return null;
  const {best, evidence} = find(then, start.ownerDocument, budget);
  if (!best) return {evidence: null};
  const itself = named && oneControl(best.element, start);
  const told = {evidence, itself, learned: learned(best.element), description: described(best.element)};
  best.element.setAttribute('data-aether-found', token);
  return told;
}
function described(element) {
  const facts = ['id', 'name', 'type', 'role', 'aria-label'].filter(fact => element.getAttribute(fact))
    .map(fact => ` ${fact}="${cut(folded(element.getAttribute(fact)), 40)}"`);
  const text = cut(folded(textOf(element)), 40);
  return `<${element.localName}${facts.join('')}>${text ? ` '${text}'` : ''}`;
}
