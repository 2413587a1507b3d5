// The two ways to find an element again that ours is compared with: a chain of single attributes, and Similo.

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
