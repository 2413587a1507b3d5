// Taking the fingerprint of an element, and finding it again.

const VERSION = 1;
const MOST_COUNTED = 10;
const AT_LEAST = 12;

function fingerprint(element) {
  const page = pageOf(element.ownerDocument);
  const box = boxOf(element);
  const traits = traitsOf(element, page);
  return {
    version: VERSION,
    ...glance([element]),
    ...traits,
    attributes: otherAttributes(element),
    options: optionsOf(element),
    path: pathOf(element),
    box,
    ...anchorsOf(element, box, page),
    mark: markOf(traits),
    ...censusOf(element, page),
  };
}

function find(then, root, budget) {
  const began = performance.now();
  const late = share => performance.now() - began > budget * share;
  then.tokens = tokensOf(then);
  const page = pageOf(root);
  const usable = among(page, peersOf(then)).filter(element => element.type !== 'hidden');
  const pool = usable.map(element => candidateOf(element, page));
  const traits = pool.map(candidate => candidate.traits);
  const census = new Census(then, traits);
  if (then.kind === 'other') {
    const known = new Set(usable);
    for (const element of among(page, `${TELLING},${then.tag}`)) if (!known.has(element)) pool.push(candidateOf(element, page));
  }
  const counts = countsOf(then, pool);
  const asked = [...questionsOf(then), ...keyQuestionsOf(then, counts)];
  for (const candidate of pool) candidate.quick = quickly(asked, candidate.traits);
  const likely = likeliest(then, pool);
  const kept = likely.filter((candidate, i) => (i < AT_LEAST || !late(0.9)) && weigh(candidate));
  function weigh(candidate) {
    candidate.box = boxOf(candidate.element);
    candidate.found = answered(asked, candidate.traits);
    thoroughly(then, candidate, page);
    return true;
  }
  const bearers = census.bearers();
  const {others, settled} = sortedOut(then, bearers.map(i => usable[i]), bearers.map(i => traits[i]), page);
  const isAnother = candidate => others.has(candidate.element) || census.claimed(markOf(candidate.traits));
  const {best, second} = chosen(then, kept, page, 0.35 + 0.65 * census.kept, isAnother);
  if (!best) return {best, second, evidence: null};
  const told = {
    settled: best.element === settled, unique: isUnique(then, best, kept), lost: lostItsLabel(then, best),
    whole: kept.length === likely.length, size: pool.length, ms: performance.now() - began,
  };
  return {best, second, evidence: evidenceOf(then, best, second, census, counts, told)};
}

const candidateOf = (element, page) => ({element, traits: traitsOf(element, page), quick: 0, texts: null, score: null});

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
