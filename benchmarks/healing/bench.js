// Inside of a page: the elements to look for, what is done to them, and the two healers that ours is compared with.

const ALL_KINDS = USABLE + ',h1,h2,h3,h4,td,th,li';
const xpathOf = (element, anchored) => {
  const steps = [];
  for (let at = element; at && at.nodeType === 1; at = at.parentElement) {
    if (anchored && at.id && document.getElementById(at.id) === at) return `//*[@id='${at.id}']` + steps.map(step => '/' + step).join('');
    let number = 1;
    for (let before = at.previousElementSibling; before; before = before.previousElementSibling) if (before.localName === at.localName) number++;
    steps.unshift(`${at.localName}[${number}]`);
  }
  return '/' + steps.join('/');
};
const at = path => document.evaluate(path, document, null, 9, null).singleNodeValue;

// What the other healers remember besides our fingerprint.
const remember = element => ({
  ...fingerprint(element), xpath: xpathOf(element), anchored: xpathOf(element, true), every: element.className.toString(),
  rawId: element.id, rawName: element.getAttribute('name') || '', alt: element.getAttribute('alt') || '', where: xpathOf(element),
});

const isButton = element => element.matches('button,input[type=submit],input[type=button],input[type=reset],a[class*=btn],a[class*=button]');
const similoText = element => plain(textOf(element) || element.getAttribute('placeholder') || '', 200);

function naive(then) {
  const steps = [];
  const escaped = CSS.escape;
  const all = selector => [...document.querySelectorAll(selector)].filter(shown);
  if (then.rawId) steps.push(() => all('#' + escaped(then.rawId)));
  if (then.rawName) steps.push(() => all(`${then.tag}[name="${escaped(then.rawName)}"]`));
  if (then.text) steps.push(() => all(then.tag).filter(element => plain(textOf(element), LIMIT.text) === then.text));
  if (then.label) steps.push(() => all(then.tag).filter(element => plain(labelOf(element)) === then.label));
  if (then.hint) steps.push(() => all(then.tag).filter(element => plain(element.getAttribute('placeholder')) === then.hint));
  const classes = then.every.split(/\s+/).filter(Boolean);
  if (classes.length) steps.push(() => all(then.tag + classes.map(name => '.' + escaped(name)).join('')));
  for (const step of steps) {
    const hits = step();
    if (hits.length === 1) return hits[0];
  }
  return null;
}

function similo(then) {
  const texts = textsOf(document.body);
  const area = box => box[2] * box[3];
  const shape = box => box[2] / Math.max(1, box[3]);
  let best = null;
  let most = -1;
  for (const element of document.querySelectorAll(TELLING)) {
    if (!shown(element)) continue;
    const box = boxOf(element);
    const away = Math.hypot(box[0] - then.box[0], box[1] - then.box[1]);
    const score = 1.5 * (element.localName === then.tag) + 1.5 * (!!then.rawName && element.getAttribute('name') === then.rawName)
      + 1.5 * (!!then.rawId && element.id === then.rawId) + 0.5 * spelled(then.every, element.className.toString())
      + 0.5 * spelled(then.href, addressed(element.getAttribute('href'))) + 0.5 * spelled(then.alt, element.getAttribute('alt') || '')
      + 0.5 * spelled(then.xpath, xpathOf(element)) + 0.5 * spelled(then.anchored, xpathOf(element, true))
      + 0.5 * (isButton(element) === then.button) + 0.5 * Math.max(0, 100 - away) / 100 + 0.5 * ratio(area(box), area(then.box))
      + 0.5 * ratio(shape(box), shape(then.box)) + 1.5 * spelled(then.text || then.hint, similoText(element))
      + 1.5 * shared(then.near, neighboursOf(element, box, texts).near);
    if (score > most) { most = score; best = element; }
  }
  return best;
}

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

// Whether what was found is what was meant: itself, or what is one control with it.
const isSame = (found, element) => !!found && (found === element || oneControl(found, element));
function judged(found, element, name) {
  if (!found) return 'none';
  return name !== 'deleted' && isSame(found, element) ? 'right' : 'wrong';
}

const shape = (element, {best, second}) => [element, best && best.element, second && second.element].map(it => it ? folded(it.outerHTML).slice(0, 130) : '').concat(best ? [JSON.stringify(best.found)] : []);

function mutate(paths, names, seed, others) {
  const told = [];
  for (const path of paths) {
    const element = at(path);
    const then = JSON.parse(JSON.stringify(remember(element)));
    then.button = isButton(element);
    for (const name of names) {
      const undo = MUTATIONS[name](element, dice(seed + path + name));
      if (!undo) continue;
      try {
        if (name !== 'deleted' && !shown(element)) continue;
        const healed = find(then, document, 400);
        told.push({
          mutation: name, path, ours: judged(healed.best && healed.best.element, element, name), evidence: healed.evidence, looked: shape(element, healed), 
          naive: others ? judged(naive(then), element, name) : null, similo: others ? judged(similo(then), element, name) : null,
        });
      } finally { undo(); }
    }
  }
  return told;
}

// For pairs: what there is to see of each element, and what is found of it on the other page.
const listed = () => [...document.querySelectorAll(ALL_KINDS)].filter(element => shown(element) && !element.closest('svg') && element.type !== 'hidden').map(element => {
  const traits = traitsOf(element);
  return {path: xpathOf(element), tag: traits.tag, kind: traits.kind, called: calledBy(traits), text: traits.text, label: traits.label, hint: traits.hint, id: traits.id, name: traits.name, href: traits.href, classes: traits.classes.join(' ')};
});
const remembered = paths => paths.map(path => { const element = at(path); return {...remember(element), button: isButton(element)}; });
function healed(then, path, others) {
  const element = path ? at(path) : null;
  const told = find(then, document, 400);
  const judge = found => !found ? 'none' : element && isSame(found, element) ? 'right' : 'wrong';
  const name = found => found ? folded(found.outerHTML).slice(0, 160) : '';
  return {
    ours: judge(told.best && told.best.element), evidence: told.evidence, found: name(told.best && told.best.element),
    naive: others ? judge(naive(then)) : null, similo: others ? judge(similo(then)) : null,
  };
}
