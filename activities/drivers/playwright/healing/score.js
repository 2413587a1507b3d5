// How alike an element of the page now is to the one remembered: one number per trait, and their weighted mean.

const KEPT = 60;
const CLAIMS_LOOKED_AT = 20;
const WEIGHTS = {
  tag: 0.6, kind: 1.2, type: 0.8, role: 0.5, test: 2.5, id: 1.8, name: 2.0, href: 1.6, src: 0.8, choice: 1.5, icon: 2.2,
  text: 3.0, label: 2.6, hint: 2.2, classes: 0.9, attributes: 1.2, options: 1.2, tokens: 1.0,
  path: 0.8, parent: 0.4, still: 1.0, same: 1.5, place: 0.8, size: 0.4,
  around: 1.8, near: 1.0, heading: 0.9, landmark: 0.5, left: 0.7, above: 0.7,
  onlyText: 1.6, onlyLabel: 1.2, onlyHint: 1.0, onlyId: 0.8, onlyName: 0.8, onlyHref: 0.6, onlyTest: 0.8, onlyIcon: 0.8, onlyAround: 2.0,
};
const OWN = ['tag', 'kind', 'type', 'role', 'test', 'id', 'name', 'href', 'src', 'choice', 'icon', 'text', 'label', 'hint',
  'classes', 'attributes', 'options', 'tokens'];
const AROUND = ['around', 'near', 'heading', 'landmark', 'left', 'above'];
const PLACE = ['path', 'parent', 'place', 'size', 'still'];
const LAYOUT = new Set([...PLACE, 'near', 'left', 'above']);
const KEYS = ['test', 'id', 'name', 'href', 'text', 'label', 'hint', 'icon'];
const NAMES = ['text', 'label', 'hint', 'icon'];
const ONLY = {test: 'onlyTest', id: 'onlyId', name: 'onlyName', href: 'onlyHref', text: 'onlyText', label: 'onlyLabel', hint: 'onlyHint', icon: 'onlyIcon'};

const rows = [new Uint16Array(162), new Uint16Array(162)];
// The share of characters two texts have in common, in order (1 - edit distance / length).
function spelled(one, other) {
  if (one === other) return one ? 1 : 0;
  if (!one || !other) return 0;
  if (one.length < other.length) [one, other] = [other, one];
  one = cut(one, 100);
  other = cut(other, 100);
  const n = one.length;
  const m = other.length;
  if (m / n < 0.2) return m / n * (one.includes(other) ? 1 : 0.5);
  let from = 0;
  while (from < m && one.charCodeAt(from) === other.charCodeAt(from)) from++;
  let to = 0;
  while (to < m - from && one.charCodeAt(n - 1 - to) === other.charCodeAt(m - 1 - to)) to++;
  return 1 - distance(one, other, from, n - to, m - to) / n;
}
// How many letters have to be changed between two places, what is before and after them being the same.
function distance(one, other, from, oneEnd, otherEnd) {
  const width = otherEnd - from;
  let [before, now] = rows;
  for (let j = 0; j <= width; j++) before[j] = j;
  for (let i = from; i < oneEnd; i++) {
    now[0] = i - from + 1;
    const code = one.charCodeAt(i);
    for (let j = 1; j <= width; j++) {
      const swap = before[j - 1] + (code === other.charCodeAt(from + j - 1) ? 0 : 1);
      const drop = (before[j] < now[j - 1] ? before[j] : now[j - 1]) + 1;
      now[j] = swap < drop ? swap : drop;
    }
    [before, now] = [now, before];
  }
  return before[width];
}
function shared(one, other) {
  if (!one.length || !other.length) return 0;
  if (one.length === 1 && other.length === 1) return +(one[0] === other[0]);
  return common(new Set(one), new Set(other));
}
function common(one, other) {
  if (!one.size || !other.size) return 0;
  let both = 0;
  for (const item of one) if (other.has(item)) both++;
  return both / (one.size + other.size - both);
}
const ratio = (one, other) => one > 0 && other > 0 ? Math.min(one, other) / Math.max(one, other) : 0;
const inOrder = (one, other) => spelled(one.join('/'), other.join('/'));

// Different words that people use for the same control.
const SAME_WORDS = [
  ['login', 'signin', 'logon', 'log in', 'sign in', 'log on'], ['logout', 'signout', 'log out', 'sign out', 'log off'],
  ['register', 'signup', 'sign up', 'join', 'create account', 'subscribe'], ['search', 'find', 'q', 'query', 'lookup'],
  ['cart', 'basket', 'bag'], ['email', 'e-mail', 'mail', 'e mail'], ['submit', 'send'], ['delete', 'remove'],
  ['phone', 'tel', 'telephone', 'mobile'], ['preferences', 'settings', 'options'], ['contact', 'contact us'],
  ['about', 'about us'], ['help', 'support'], ['pay', 'checkout', 'check out'], ['edit', 'modify', 'change'],
];
const MEANING = new Map(SAME_WORDS.flatMap(group => group.map(word => [word, group[0]])));
const meant = text => MEANING.get(text) || text;
const KNOWN_MEANINGS = new Map();
const meanings = text => once(KNOWN_MEANINGS, text, meaningsOf);
function meaningsOf(text) {
  const found = new Set();
  for (const word of words(text)) found.add(meant(word));
  return found;
}

// Whether what a page says may mean the same as a part of a text: that can be told without taking it apart.
const KNOWN_PARTS = new Map();
const mayShare = (text, said) => once(KNOWN_PARTS, text, partsOf).test(said);
function partsOf(text) {
  const parts = new Set([...meanings(text), meant(text)]);
  for (const [word, meaning] of MEANING) if (parts.has(meaning)) parts.add(word);
  return new RegExp([...parts].map(part => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('|'));
}

// With `exactly`, also by their letters: that takes a while, and is for the few that are left.
function alike(one, other, exactly = true) {
  if (!one || !other) return 0;
  if (one === other) return 1;
  if (!exactly && !mayShare(one, other)) return 0;
  if (meant(one) === meant(other)) return 0.9;
  const meaning = 0.9 * common(meanings(one), meanings(other));
  return Math.min(0.97, exactly ? Math.max(spelled(one, other), meaning) : meaning);
}
function alikeNames(one, other, exactly) {
  if (one === other) return 1;
  const meaning = common(meanings(one), meanings(other));
  return 0.7 * (exactly ? Math.max(meaning, spelled(one.toLowerCase(), other.toLowerCase())) : meaning);
}
function alikeAddress(one, other, exactly) {
  if (one === other) return 1;
  if (lastPart(one) && lastPart(one) === lastPart(other)) return 0.8;
  return exactly ? 0.4 * spelled(one, other) : 0;
}
function alikeMaps(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  let same = 0;
  for (const name of names) if (one[name] === other[name]) same++;
  return names.size ? same / names.size : 0;
}
// All the words an author gave an element, whichever attribute they are in now.
const tokensOf = traits => [...new Set([traits.id, traits.name, traits.test, traits.text, traits.label, traits.hint, lastPart(traits.href),
  ...traits.classes].flatMap(words).map(meant).filter(word => word.length > 1 && !/^\d+$/.test(word)))].slice(0, 40);

// What is asked of every candidate, without a layout: how alike it is in each trait that the element had. The answers
// are `exactly` so for the few that are left.
function questionsOf(then) {
  const asked = [];
  const ask = (trait, answer) => asked.push({trait, weight: WEIGHTS[trait], answer});
  const equal = trait => ask(trait, now => +(then[trait] === now[trait]));
  const named = trait => ask(trait, (now, exactly) => now[trait] ? alikeNames(then[trait], now[trait], exactly) : 0);
  const leading = trait => ask(trait, (now, exactly) => now[trait] ? alikeAddress(then[trait], now[trait], exactly) : 0);
  const called = trait => ask(trait, (now, exactly) => Math.max(alike(then[trait], now[trait], exactly), 0.85 * alike(then[trait], calledBy(now), exactly)));
  equal('tag');
  equal('kind');
  ask('tokens', (now, exactly) => exactly && then.tokens.length ? shared(then.tokens, tokensOf(now)) : null);
  for (const trait of ['type', 'role', 'test']) if (then[trait]) equal(trait);
  for (const trait of ['id', 'name']) if (then[trait]) named(trait);
  if (then.choice) equal('choice');
  for (const trait of ['href', 'src']) if (then[trait]) leading(trait);
  if (then.text) ask('text', (now, exactly) => alike(then.text, now.text || now.label, exactly));
  for (const trait of ['label', 'hint']) if (then[trait]) called(trait);
  if (then.icon) ask('icon', now => shared(words(then.icon), words(now.icon)));
  if (then.classes.length) ask('classes', now => shared(then.classes, now.classes));
  return asked;
}
// A key counts for more the fewer elements share it.
const keyQuestionsOf = (then, counts) => KEYS.filter(key => then[key]).map(key => {
  const share = 1 / Math.max(1, counts[key]);
  return {trait: ONLY[key], weight: WEIGHTS[ONLY[key]], answer: now => now[key] === then[key] ? share : 0};
});
const answered = (asked, now) => Object.fromEntries(asked.map(({trait, answer}) => [trait, answer(now, true)]));
// As `mean`, of the answers that are quickly given.
function quickly(asked, now) {
  let sum = 0;
  let most = 0;
  for (const {weight, answer} of asked) {
    const value = answer(now, false);
    if (value === null) continue;
    sum += weight * value;
    most += weight;
  }
  return most ? sum / most : 0;
}
// The less is left of the page as it was, the less its layout says: `trust` is what places and neighbours count.
function mean(found, trust) {
  let sum = 0;
  let most = 0;
  for (const trait in found) {
    const value = found[trait];
    if (value === null) continue;
    const weight = WEIGHTS[trait] * (LAYOUT.has(trait) ? trust : 1);
    sum += weight * value;
    most += weight;
  }
  return most ? sum / most : 0;
}

// What needs the element's place in the page; of what stands near it only the most that it can be.
function thoroughly(then, {element, box, found}, page) {
  const path = pathOf(element);
  if (Object.keys(then.attributes).length) found.attributes = alikeMaps(then.attributes, otherAttributes(element));
  if (then.options.length) found.options = shared(then.options, optionsOf(element));
  found.path = 0.5 * inOrder(then.path, path) + 0.5 * +(then.path.join() === path.join());
  found.parent = +(then.path.at(-2) === path.at(-2));
  const whole = partOf(found, OWN) > 0.98 && NAMES.every(key => !then[key] || found[key] === 1);
  found.same = +(whole && KEYS.some(key => found[key] === 1));
  found.still = +(whole && found.path === 1);
  found.place = Math.exp(-Math.hypot(box[0] - then.box[0], box[1] - then.box[1]) / 200);
  found.size = ratio(box[2] * box[3], then.box[2] * then.box[3]);
  if (then.around.length) found.around = shared(then.around, aroundOf(element, page, `${then.text} ${then.label}`));
  if (then.near.length) found.near = 1;
  if (then.heading) found.heading = alike(then.heading, headingOf(element, page));
  if (then.landmark) {
    const landmark = landmarkOf(element);
    found.landmark = +(then.landmark === landmark) || 0.5 * +(then.landmark.split(' ')[0] === landmark.split(' ')[0]);
  }
  if (then.left) found.left = 1;
  if (then.above) found.above = 1;
}
// What stands near it, told from the texts of the page.
function nearly(then, {element, box, texts, found}) {
  const {near, left, above} = neighboursOf(element, box, texts);
  if (then.near.length) found.near = shared(then.near, near);
  if (then.left) found.left = alike(then.left, left);
  if (then.above) found.above = alike(then.above, above);
}
function partOf(found, traits) {
  let sum = 0;
  let most = 0;
  for (const trait of traits) {
    if (found[trait] == null) continue;
    sum += WEIGHTS[trait] * found[trait];
    most += WEIGHTS[trait];
  }
  return most ? sum / most : null;
}
