// What is done to real pages, one element at a time, and taken back.

// Numbers that are the same in every run.
function dice(seed) {
  let state = parseInt(digest(seed), 36) || 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 4294967296;
  };
}
const WORDS = 'azure basil copper delta ember fable grove hazel indigo jasper karma lumen mango nectar onyx pebble quartz raven sable topaz'.split(' ');

function targets(count, seed) {
  const roll = dice(seed);
  const inView = [...document.querySelectorAll(USABLE)].filter(element => shown(element) && !element.closest('svg') && element.type !== 'hidden');
  const other = [...document.querySelectorAll('h1,h2,h3,h4,td,th,p')].filter(element => shown(element) && folded(element.textContent).length > 2);
  const chosen = [];
  const take = (from, most) => {
    from = from.filter(element => !chosen.includes(element));
    while (from.length && chosen.length < most) chosen.push(...from.splice(Math.floor(roll() * from.length), 1));
  };
  take(inView, Math.ceil(count * 5 / 6));
  take(other, count);
  return chosen.map(element => xpathOf(element));
}

// Each change returns how to take it back, or nothing where it cannot be made.
const attributes = names => (element, roll) => {
  const before = [];
  for (const {name, value} of [...element.attributes]) {
    if (!names.test(name) || !value) continue;
    before.push([name, value]);
    element.setAttribute(name, name === 'href' ? `/${word(roll)}/${word(roll)}` : `${word(roll)}-${word(roll)}`);
  }
  return before.length ? () => before.forEach(([name, value]) => element.setAttribute(name, value)) : null;
};
const word = roll => WORDS[Math.floor(roll() * WORDS.length)];
const sentence = (roll, count) => Array.from({length: count}, () => word(roll)).join(' ');

// Texts are a text node, or what stands in for it: label, hint, the value of a button.
function rewritten(how) {
  return (element, roll) => {
    const undo = [];
    const write = (get, set) => {
      const before = get();
      if (!folded(before)) return;
      set(how(folded(before), roll));
      undo.push(() => set(before));
    };
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    if (!/^(select|textarea)$/.test(element.localName)) for (let node = walker.nextNode(); node; node = walker.nextNode()) { const it = node; write(() => it.nodeValue, text => { it.nodeValue = text; }); }
    for (const name of ['placeholder', 'aria-label', 'title', 'alt']) if (element.hasAttribute(name)) write(() => element.getAttribute(name), text => element.setAttribute(name, text));
    if (/^(submit|button|reset)$/.test(element.type) && element.localName === 'input') write(() => element.value, text => { element.value = text; });
    return undo.length ? () => undo.forEach(step => step()) : null;
  };
}
const changed = (text, roll) => {
  const all = text.split(' ');
  if (all.length === 1) return roll() < 0.5 ? `${text} ${word(roll)}` : `${word(roll)} ${text}`;
  all[Math.floor(roll() * all.length)] = word(roll);
  return all.join(' ');
};
const replaced = (text, roll) => sentence(roll, Math.max(1, Math.min(6, text.split(' ').length)));

function placed(element, put) {
  const parent = element.parentNode;
  const next = element.nextSibling;
  put();
  return () => parent.insertBefore(element, next);
}
const wrap = element => {
  const wrapper = document.createElement('div');
  const parent = element.parentNode;
  parent.insertBefore(wrapper, element);
  wrapper.append(element);
  return () => { parent.insertBefore(element, wrapper); wrapper.remove(); };
};
const move = (element, roll) => {
  const places = [...document.querySelectorAll('div,section,main,form,nav,td,li')].filter(place => place !== element.parentNode && !element.contains(place) && shown(place) && !place.closest('svg,a,button,select'));
  if (!places.length) return null;
  const place = places[Math.floor(roll() * places.length)];
  return placed(element, () => place.insertBefore(element, place.childNodes[Math.floor(roll() * place.childNodes.length)] || null));
};
const swap = (element, roll) => {
  const siblings = [...element.parentNode.children].filter(other => other !== element && other.localName === element.localName && folded(other.innerHTML) !== folded(element.innerHTML));
  const [one, other] = siblings.length ? [element, siblings[Math.floor(roll() * siblings.length)]]
    : [element.parentNode, element.parentNode.nextElementSibling || element.parentNode.previousElementSibling];
  if (!other || one === document.body || folded(one.innerHTML) === folded(other.innerHTML)) return null;
  const marker = document.createComment('');
  const exchange = () => { one.replaceWith(marker); other.replaceWith(one); marker.replaceWith(other); };
  exchange();
  return exchange;
};
const decoys = (element, roll) => {
  const made = [0, 1, 2].map(() => {
    const copy = element.cloneNode(true);
    copy.removeAttribute('id');
    if (copy.hasAttribute('name')) copy.setAttribute('name', word(roll));
    if (copy.hasAttribute('href')) copy.setAttribute('href', '/' + word(roll));
    return rewritten(changed)(copy, roll) ? copy : null;
  });
  if (made.includes(null)) return null;
  element.before(made[0]);
  element.after(made[1]);
  (element.parentNode.parentNode || element.parentNode).append(made[2]);
  return () => made.forEach(copy => copy.remove());
};
const duplicate = element => { const copy = element.cloneNode(true); element.after(copy); return () => copy.remove(); };
const insert = (element, roll) => {
  const made = document.createElement(element.localName);
  made.className = element.className;
  made.textContent = sentence(roll, 2);
  element.before(made);
  return () => made.remove();
};
const removed = element => placed(element, () => element.remove());
const together = (...changes) => (element, roll) => {
  const undo = changes.map(change => change(element, roll)).filter(Boolean).reverse();
  return undo.length ? () => undo.forEach(step => step()) : null;
};
const ID = attributes(/^id$/);
const IDENTITY = attributes(/^(id|name|class|data-.*)$/);
const MUTATIONS = {
  id: ID, name: attributes(/^name$/), class: attributes(/^class$/), data: attributes(/^data-/), href: attributes(/^href$/),
  'text changed': rewritten(changed), 'text replaced': rewritten(replaced), wrapped: wrap, moved: move, swapped: swap,
  decoys, duplicated: duplicate, 'inserted before': insert, 'id+name+class+data': IDENTITY,
  'the same+wrap+move': together(IDENTITY, wrap, move), 'id+class+text': together(attributes(/^(id|class)$/), rewritten(replaced)),
  'all+text': together(IDENTITY, wrap, rewritten(replaced)),
  'neighbours only': together(attributes(/^(id|name|class|href|type|src|role|data-.*|aria-.*)$/), rewritten(replaced)),
  deleted: removed,
};
const kinds = () => Object.keys(MUTATIONS);
