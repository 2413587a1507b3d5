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
  let [before, now] = rows;
  for (let j = 0; j <= m; j++) before[j] = j;
  for (let i = 1; i <= n; i++) {
    now[0] = i;
    const code = one.charCodeAt(i - 1);
    for (let j = 1; j <= m; j++) {
      const swap = before[j - 1] + (code === other.charCodeAt(j - 1) ? 0 : 1);
      now[j] = Math.min(swap, before[j] + 1, now[j - 1] + 1);
    }
    [before, now] = [now, before];
  }
  return 1 - before[m] / n;
}
function shared(one, other) {
  if (!one.length || !other.length) return 0;
  if (one.length === 1 && other.length === 1) return +(one[0] === other[0]);
  const there = new Set(other);
  let both = 0;
  const all = new Set(one);
  for (const item of all) if (there.has(item)) both++;
  return both / (all.size + there.size - both);
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
function meanings(text) {
  let known = KNOWN_MEANINGS.get(text);
  if (!known) KNOWN_MEANINGS.set(text, known = words(text).map(meant));
  return known;
}

// With `exactly`, also by their letters: that takes a while, and is for the few that are left.
function alike(one, other, exactly = true) {
  if (!one || !other) return 0;
  if (one === other) return 1;
  if (meant(one) === meant(other)) return 0.9;
  const meaning = 0.9 * shared(meanings(one), meanings(other));
  return Math.min(0.97, exactly ? Math.max(spelled(one, other), meaning) : meaning);
}
function alikeNames(one, other, exactly) {
  if (one === other) return 1;
  const meaning = shared(meanings(one), meanings(other));
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

// What can be told without a layout; `exactly` by all of it.
function quickly(then, now, exactly = false) {
  const found = {
    tag: +(then.tag === now.tag),
    kind: +(then.kind === now.kind),
    tokens: exactly && then.tokens.length ? shared(then.tokens, tokensOf(now)) : null,
  };
  if (then.type) found.type = +(then.type === now.type);
  if (then.role) found.role = +(then.role === now.role);
  if (then.test) found.test = +(then.test === now.test);
  if (then.id) found.id = now.id ? alikeNames(then.id, now.id, exactly) : 0;
  if (then.name) found.name = now.name ? alikeNames(then.name, now.name, exactly) : 0;
  if (then.choice) found.choice = +(then.choice === now.choice);
  if (then.href) found.href = now.href ? alikeAddress(then.href, now.href, exactly) : 0;
  if (then.src) found.src = now.src ? alikeAddress(then.src, now.src, exactly) : 0;
  const called = calledBy(now);
  if (then.text) found.text = alike(then.text, now.text || now.label, exactly);
  if (then.label) found.label = Math.max(alike(then.label, now.label, exactly), 0.85 * alike(then.label, called, exactly));
  if (then.hint) found.hint = Math.max(alike(then.hint, now.hint, exactly), 0.85 * alike(then.hint, called, exactly));
  if (then.icon) found.icon = shared(words(then.icon), words(now.icon));
  if (then.classes.length) found.classes = shared(then.classes, now.classes);
  return found;
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

// What needs the element's place in the page.
function thoroughly(then, element, box, texts, found) {
  const anchors = anchorsOf(element, box, texts, `${then.text} ${then.label}`);
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
  if (then.around.length) found.around = shared(then.around, anchors.around);
  if (then.near.length) found.near = shared(then.near, anchors.near);
  if (then.heading) found.heading = alike(then.heading, anchors.heading);
  if (then.landmark) found.landmark = +(then.landmark === anchors.landmark) || 0.5 * +(then.landmark.split(' ')[0] === anchors.landmark.split(' ')[0]);
  if (then.left) found.left = alike(then.left, anchors.left);
  if (then.above) found.above = alike(then.above, anchors.above);
  return anchors;
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
