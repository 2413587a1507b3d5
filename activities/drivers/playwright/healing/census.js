// What else was on the page: whoever looks for an element later can tell it from the others, and see what is gone.

const MOST_OTHERS = 300;
const MOST_TWINS = 12;
const MOST_BEARERS = 40;

// Four short marks that tell one usable element from another: what it is called, its id, its field name, its address.
function markOf(traits) {
  const called = calledBy(traits) || `~${traits.tag} ${traits.type} ${traits.classes.join(' ')} ${traits.extra}`;
  return [
    digest(traits.kind + ' ' + called),
    digest(traits.id),
    traits.kind === 'check' ? digest(traits.name && traits.name + '=' + traits.choice) : digest(traits.name),
    traits.href.length > 1 ? digest(traits.href) : '',
  ];
}
const MARK_WEIGHT = [4, 3, 2, 2];
function affinity(one, other) {
  let sum = 0;
  for (let i = 0; i < 4; i++) {
    if (!one[i] || !other[i]) continue;
    if (one[i] === other[i]) sum += MARK_WEIGHT[i];
    else if (i === 0) sum -= 1;
  }
  return sum;
}

// An icon and its link, a label and its box: one control to whoever clicks it.
function overlap([x, y, width, height], [ox, oy, oWidth, oHeight]) {
  const wide = Math.min(x + width, ox + oWidth) - Math.max(x, ox);
  const high = Math.min(y + height, oy + oHeight) - Math.max(y, oy);
  if (wide <= 0 || high <= 0) return 0;
  return wide * high / (width * height + oWidth * oHeight - wide * high);
}
function oneControl(one, other, box = boxOf(one), otherBox = boxOf(other)) {
  if (one === other) return true;
  if ((one.labels && [...one.labels].includes(other)) || (other.labels && [...other.labels].includes(one))) return true;
  const shared = overlap(box, otherBox);
  if (one.contains(other) || other.contains(one)) {
    return shared >= 0.6 || (!!one.textContent && folded(one.textContent) === folded(other.textContent));
  }
  return shared >= 0.85;
}

// Among whom an element is known: what can be used and, where it only shows something, what shows it the same way.
const peersOf = traits => traits.kind === 'other' && !/^(div|span)$/.test(traits.tag) ? `${USABLE},${traits.tag}` : USABLE;

// The others are kept in the order of the page, those closest to the element first to stay.
function censusOf(element, page) {
  const usable = among(page, peersOf(traitsOf(element, page)));
  const at = usable.indexOf(element);
  const here = at >= 0 ? at : usable.findIndex(other => element.compareDocumentPosition(other) & 4);
  const own = markOf(traitsOf(element, page));
  const look = JSON.stringify(traitsOf(element, page));
  const others = [];
  const twins = [];
  let turn = 0;
  usable.forEach((other, index) => {
    if (other === element || other.type === 'hidden' || (near(index, here, 3) && oneControl(element, other))) return;
    const traits = traitsOf(other, page);
    const mark = markOf(traits);
    others.push([Math.abs(index - here) - (mark.some((part, i) => part && part === own[i]) ? 1e6 : 0), mark.join('.')]);
    if (mark[0] !== own[0]) return;
    if (index < here) turn++;
    if (twins.length < MOST_TWINS) twins.push({...twinOf(other, traits, page), same: JSON.stringify(traits) === look});
  });
  others.sort((one, other) => one[0] - other[0]);
  return {others: others.slice(0, MOST_OTHERS).map(other => other[1]), twins, turn};
}
const near = (one, other, most) => Math.abs(one - other) <= most;

function twinOf(element, traits, page) {
  return {
    around: aroundOf(element, page).slice(0, 16),
    heading: headingOf(element, page),
    landmark: landmarkOf(element),
    href: traits.href,
    path: pathOf(element),
  };
}

function company(one, other) {
  return 2 * (one.around.length ? shared(one.around.slice(0, 16), other.around.slice(0, 16)) : +!other.around.length)
    + +(one.heading === other.heading) + 0.7 * +(one.landmark === other.landmark) + +(one.href === other.href);
}
const MOST_COMPANY = 4.7;
const standing = (one, other) => company(one, other) + 0.3 * inOrder(one.path, other.path) + 0.15 * +(one.path.join() === other.path.join());

// Among elements of the same name: those that were another one then, and the one that must be it.
function sortedOut(then, elements, traits, page) {
  const told = {others: new Set(), settled: null};
  if (then.twins.length >= MOST_TWINS || elements.length > 4 * MOST_TWINS) return told;
  const before = [...then.twins];
  before.splice(then.turn, 0, then);
  const after = elements.map((element, i) => twinOf(element, traits[i], page));
  const inTurn = (twin, i) => {
    const fit = company(twin, after[i]);
    return fit >= 0.8 * MOST_COMPANY && !after.some(other => company(twin, other) > fit + 0.05);
  };
  if (before.length === after.length && before.every(inTurn)) {
    told.settled = elements[then.turn];
    told.others = new Set(elements.filter(element => element !== told.settled));
    return told;
  }
  after.forEach((now, i) => {
    const mine = standing(then, now);
    const another = then.twins.some(twin => {
      const theirs = standing(twin, now);
      return theirs > mine + 0.08 && !after.some((other, o) => o !== i && standing(twin, other) > theirs + 0.02);
    });
    if (another) told.others.add(elements[i]);
  });
  const left = elements.filter(element => !told.others.has(element));
  if (before.length === after.length && left.length === 1 && !isCrowded(then, after, elements.indexOf(left[0]))) {
    told.settled = left[0];
  }
  return told;
}

// Whether what is left stands beside one of its twins although none stood there then: either may be the one.
const beside = (one, other) => company(one, other) >= 0.8 * MOST_COMPANY;
const stoodApart = then => then.twins.length < MOST_TWINS && !then.twins.some(twin => beside(then, twin));
const isCrowded = (then, after, index) => stoodApart(then) && after.some((other, i) => i !== index && beside(after[index], other));

// Which elements of the page now are known others of the page then.
class Census {
  constructor(fingerprint, traits) {
    this.own = fingerprint.mark;
    this.others = fingerprint.others.map(other => other.split('.'));
    this.marks = traits.map(markOf);
    this.then = this.index(this.others);
    this.now = this.index(this.marks);
  }
  index(marks) {
    return [0, 1, 2, 3].map(part => {
      const found = new Map();
      for (let index = 0; index < marks.length; index++) {
        const mark = marks[index][part];
        if (!mark) continue;
        const there = found.get(mark);
        if (there) there.push(index); else found.set(mark, [index]);
      }
      return found;
    });
  }
  *sharing(index, mark) {
    const seen = new Set();
    for (let i = 0; i < 4; i++) {
      const bearers = (mark[i] && index[i].get(mark[i])) || [];
      if (bearers.length > MOST_BEARERS) continue; // what so many bear tells nothing
      for (const other of bearers) {
        if (!seen.has(other)) { seen.add(other); yield other; }
      }
    }
  }
  // Whether a known other element explains this one better than the element looked for would.
  claimed(mark) {
    const mine = affinity(this.own, mark);
    for (const index of this.sharing(this.then, mark)) {
      const theirs = affinity(this.others[index], mark);
      if (theirs < 2 || theirs <= mine) continue;
      let same = 0;
      let better = false;
      for (const rival of this.sharing(this.now, this.others[index])) {
        const fit = affinity(this.others[index], this.marks[rival]);
        if (fit > theirs) { better = true; break; }
        if (fit === theirs) same++;
      }
      if (better) continue;
      let owners = 0;
      for (const owner of this.sharing(this.then, mark)) if (affinity(this.others[owner], mark) >= theirs) owners++;
      if (owners >= same) return true;
    }
    return false;
  }
  // Those that bear the name of the one looked for, in the order of the page.
  bearers() {
    return this.now[0].get(this.own[0]) || [];
  }
  // The share of the others that are still there: how much the page is still the one it was.
  get kept() {
    if (!this.others.length) return this.marks.length <= 2 ? 1 : 0.5;
    let kept = 0;
    for (const other of this.others) if (this.isThere(other)) kept++;
    return kept / this.others.length;
  }
  isThere(other) {
    if (this.now[0].has(other[0]) || (other[1] && this.now[1].has(other[1]))) return true;
    for (const index of this.sharing(this.now, other)) if (affinity(other, this.marks[index]) >= 2) return true;
    return false;
  }
  // How many elements share a mark with the one looked for, then and now.
  counts(part) {
    const mark = this.own[part];
    if (!mark) return [0, 0];
    return [1 + (this.then[part].get(mark) || []).length, (this.now[part].get(mark) || []).length];
  }
}
