// Who of all elements may be the one, and who of them is the best and the next.

const MOST_OF_A_NAME = 20;
const SAME_COMPANY = 0.5;
const EVEN = 0.001;
const FIRST_READ = 10;

// The most alike that are shown, the first of them first; before them, where more bear the name than can be looked at,
// those in whose row or group the same words stand.
function likeliest(then, pool) {
  const closest = closestOf(then, pool);
  const kept = closest.filter(candidate => shown(candidate.element));
  const first = new Set(closest);
  const most = KEPT - kept.length;
  const rest = [];
  for (const candidate of pool) {
    if (rest.length === most && candidate.quick <= rest[most - 1].quick) continue;
    if (first.has(candidate) || !shown(candidate.element)) continue;
    let at = rest.length;
    while (at && rest[at - 1].quick < candidate.quick) at--;
    rest.splice(at, 0, candidate);
    if (rest.length > most) rest.pop();
  }
  return [...kept, ...rest];
}
function closestOf(then, pool) {
  if (pool.length <= KEPT || !then.around.length) return [];
  const called = calledBy(then);
  const bearers = pool.filter(({traits}) => traits.kind === then.kind && calledBy(traits) === called);
  if (bearers.length <= MOST_OF_A_NAME) return [];
  for (const candidate of bearers) {
    const said = placeOf(candidate.element).toLowerCase();
    candidate.shares = 0;
    for (const word of then.around) if (said.includes(word)) candidate.shares += word.length;
  }
  return bearers.sort((one, other) => other.shares - one.shares || other.quick - one.quick).slice(0, MOST_OF_A_NAME);
}

// Of those that bear the name, as others did before: the ones in whose row or group most of the same words stand.
function companyOf(then, kept) {
  if (!then.twins.length || !then.around.length) return [];
  const called = calledBy(then);
  const bearers = kept.filter(({traits}) => traits.kind === then.kind && calledBy(traits) === called);
  const most = Math.max(0, ...bearers.map(({found}) => found.around));
  return most < SAME_COMPANY ? [] : bearers.filter(({found}) => found.around > most - EVEN);
}

// The best and the next. What stands near an element takes the longest to find out: it is asked only of those whom it may
// still bring to the front.
function chosen(then, kept, page, trust, isAnother) {
  const beside = companyOf(then, kept);
  for (const {found} of beside.length ? kept : []) found.onlyAround = 0;
  for (const {found} of beside) found.onlyAround = 1 / beside.length;
  for (const candidate of kept) candidate.most = mean(candidate.found, trust);
  let reading = FIRST_READ;
  return firstTwo(inTurn(kept, weigh), isAnother);
  function weigh(candidate) {
    if (!candidate.texts) {
      readNear(page, kept, reading);
      reading *= 6;
    }
    nearly(then, candidate);
    candidate.score = candidate.most = mean(candidate.found, trust);
  }
}
// The texts near those that may be the most alike.
function readNear(page, candidates, count) {
  const next = candidates.filter(({texts}) => !texts).sort((one, other) => other.most - one.most).slice(0, count);
  const texts = textsOf(page.root.body, next.map(({box}) => box), page.boxes);
  for (const candidate of next) candidate.texts = texts;
}

// From the most alike to the least, those first that came first. Nobody is more alike than `most`: who may not be next by
// that is not weighed.
function* inTurn(candidates, weigh) {
  const left = new Set(candidates);
  while (left.size) {
    let first = null;
    for (const candidate of left) if (!first || candidate.most > first.most) first = candidate;
    if (first.score === null) weigh(first);
    else if (left.delete(first)) yield first;
  }
}

// The first of an order that is not known to be another element, and the next that is not one control with it; where
// there is none, one of those that are known to be others.
function firstTwo(ordered, isAnother) {
  const claimed = [];
  let best = null;
  let place = 0;
  const isNext = candidate => {
    if (best) return !oneControl(best.element, candidate.element, best.box, candidate.box);
    best = candidate;
    return false;
  };
  for (const candidate of ordered) {
    candidate.claimed = place++ < CLAIMS_LOOKED_AT && isAnother(candidate);
    if (candidate.claimed) claimed.push(candidate);
    else if (isNext(candidate)) return {best, second: candidate};
  }
  return {second: claimed.find(isNext), best};
}
