// What an element is near to: labels, headings and landmarks that stay when the element itself changes.

const HEADING = 'h1,h2,h3,h4,h5,h6,legend,caption,[role=heading]';
const LANDMARK = 'nav,main,header,footer,aside,form,dialog,table,fieldset,[role=navigation],[role=main],[role=banner],'
  + '[role=contentinfo],[role=complementary],[role=search],[role=dialog],[role=form],[role=toolbar],[role=menu],'
  + '[role=tablist],[role=region],[role=grid]';
const NEAR = 50;
const REACH = 260;

const TALL = 120;
const UNSAID = new Set(['script', 'style', 'noscript', 'template', 'textarea', 'option']);

// A text on the page; what it says is read when somebody wants to know.
class Said {
  constructor(box, holder, said) {
    this.box = box;
    this.holder = holder;
    this.said = said;
  }
  get text() {
    if (this.plain === undefined) this.plain = plain(this.said);
    return this.plain;
  }
  get words() {
    if (this.parts === undefined) this.parts = words(this.text);
    return this.parts;
  }
}

// Texts of the page with their boxes, from top to bottom; with `boxes` only those that may be close to one of them.
function textsOf(root, boxes, measured = new Map()) {
  const bands = boxes && bandsOf(boxes);
  const scroll = scrolled();
  const boxed = element => boxOf(element, scroll);
  const texts = [];
  const gather = holder => {
    let said = '';
    for (let node = holder.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 3) { if (!said && /\S/.test(node.nodeValue)) said = node.nodeValue; continue; }
      if (node.nodeType !== 1 || UNSAID.has(node.localName)) continue;
      if (!bands || node.childElementCount < 2 || mayHold(node, bands, once(measured, node, boxed))) gather(node);
    }
    if (!said) return;
    const box = once(measured, holder, boxed);
    if (box[2] > 0 && box[3] > 0 && box[3] <= TALL) texts.push(new Said(box, holder, said));
  };
  gather(root);
  return texts.sort((one, other) => one.box[1] - other.box[1]);
}
// From where to where there are texts close to some boxes.
function bandsOf(boxes) {
  const bands = boxes.map(([, y,, height]) => [y - REACH - TALL, y + height + NEAR]).sort((one, other) => one[0] - other[0]);
  const merged = [];
  for (const band of bands) {
    const last = merged[merged.length - 1];
    if (last && band[0] <= last[1]) last[1] = Math.max(last[1], band[1]); else merged.push(band);
  }
  return merged;
}
function mayHold(element, bands, [, y, width, height]) {
  if (!width || !height) return true;
  let reach = 0;
  for (const [top, bottom] of bands) {
    if (y > bottom) continue;
    if (y + height >= top || y + (reach ||= element.scrollHeight) >= top) return true;
  }
  return false;
}
function* between(texts, top, bottom) {
  let low = 0;
  let high = texts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (texts[middle].box[1] < top - TALL) low = middle + 1; else high = middle;
  }
  for (let i = low; i < texts.length && texts[i].box[1] <= bottom; i++) yield texts[i];
}

// Words close to an element, and the one text to its left and above it.
function neighboursOf(element, box, texts) {
  const [x, y, width, height] = box;
  const near = new Set();
  let left = null;
  let above = null;
  if (height > 160 || width > 900) return {near: [], left: '', above: ''};
  for (const other of between(texts, y - REACH, y + height + NEAR)) {
    const {box: [tx, ty, tw, th], holder} = other;
    if (holder === element || element.contains(holder)) continue;
    const apartX = Math.max(tx - (x + width), x - (tx + tw), 0);
    const apartY = Math.max(ty - (y + height), y - (ty + th), 0);
    if (apartX <= NEAR && apartY <= NEAR && near.size < LIMIT.words) for (const word of other.words) near.add(word);
    if (apartY === 0 && tx + tw <= x + 4 && apartX < REACH && (!left || apartX < left.apart)) left = {apart: apartX, other};
    if (apartX === 0 && ty + th <= y + 4 && apartY < REACH && (!above || apartY < above.apart)) above = {apart: apartY, other};
  }
  return {near: [...near].slice(0, LIMIT.words), left: left ? left.other.text : '', above: above ? above.other.text : ''};
}

// The words of the smallest container that says more than the element and its label: its row, card or form group.
// `besides` is what it was called once: a label that has come off is not part of the surroundings.
function aroundOf(element, page, besides = '') {
  const mine = new Set(words(`${textOf(element)} ${labelOf(element, page)} ${besides}`));
  let steps = 0;
  for (let at = parentOf(element); at && at !== document.body && steps < 8; at = parentOf(at), steps++) {
    const said = once(page.said, at, saidIn);
    if (!said) break;
    const more = said.filter(word => !mine.has(word));
    if (more.join('').length >= 6) return more.slice(0, LIMIT.words);
  }
  return [];
}

// The words of an element that does not say too much, its texts apart from each other: those of two cells are not one word.
function saidIn(element) {
  if (element.textContent.length > 4000) return null;
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let said = '';
  for (let node = walker.nextNode(); node && said.length < 400; node = walker.nextNode()) {
    if (node.nodeValue.trim() && !UNSAID.has(node.parentNode.localName)) said += ` ${node.nodeValue}`;
  }
  return [...new Set(words(cut(folded(said), 400)))];
}

// The text of the smallest container that says more than the element itself.
function placeOf(element) {
  const own = element.textContent.length + 6;
  let at = parentOf(element);
  for (let steps = 0; at && steps < 8 && at.textContent.length < own; steps++) at = parentOf(at);
  return at ? cut(at.textContent, 400) : '';
}

// The heading an element stands under, and the landmark it is in.
function headingOf(element, page) {
  let steps = 0;
  for (let at = element; at && at !== document.body && steps < 10; at = parentOf(at), steps++) {
    for (let before = at.previousElementSibling, looked = 0; before && looked < 12; before = before.previousElementSibling, looked++) {
      const heading = once(page.headings, before, headingIn);
      if (heading !== null) return heading;
    }
  }
  return '';
}
function headingIn(element) {
  if (element.matches(HEADING)) return plain(element.textContent, 80);
  if (!element.childElementCount) return null;
  const inside = element.querySelectorAll(HEADING);
  return inside.length && element.textContent.length < 2000 ? plain(inside[inside.length - 1].textContent, 80) : null;
}
function landmarkOf(element) {
  const parent = parentOf(element);
  const mark = parent && parent.closest(LANDMARK);
  if (!mark) return '';
  const called = plain(mark.getAttribute('aria-label') || own(mark.id) || mark.getAttribute('name') || '', 60);
  return `${mark.getAttribute('role') || mark.localName} ${called}`.trim();
}

function anchorsOf(element, box, page) {
  return {
    ...neighboursOf(element, box, textsOf(page.root.body, [box])),
    around: aroundOf(element, page),
    heading: headingOf(element, page),
    landmark: landmarkOf(element),
  };
}
