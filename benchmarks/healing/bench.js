// Measuring inside of a page: which elements are looked for, and what each healer finds.

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
function at(path) {
  const found = path[0] === '/' ? document.evaluate(path, document, null, 9, null).singleNodeValue : document.querySelector(path);
  if (!found) throw new Error(`no element is ${path}`);
  return found;
}

// Whether what was found is what was meant: itself, or what is one control with it.
const isSame = (found, element) => !!found && (found === element || oneControl(found, element));
function judged(found, element, name) {
  if (!found) return 'none';
  return name !== 'deleted' && isSame(found, element) ? 'right' : 'wrong';
}

function mutate(paths, names, seed) {
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
          mutation: name, ours: judged(healed.best && healed.best.element, element, name), evidence: healed.evidence,
          naive: judged(naive(then), element, name), similo: judged(similo(then), element, name),
        });
      } finally { undo(); }
    }
  }
  return told;
}

// For pairs: what there is to see of each element, and what is found of it on the other page.
const listed = () => ({
  text: plain(document.body.innerText, 1e6),
  elements: [...document.querySelectorAll(ALL_KINDS)].filter(element => shown(element) && !element.closest('svg') && element.type !== 'hidden').map(element => {
    const {tag, kind, id, name, href, ...traits} = traitsOf(element);
    return {path: xpathOf(element), tag, kind, called: calledBy(traits), id, name, href};
  }),
});
const remembered = paths => paths.map(path => { const element = at(path); return {...remember(element), button: isButton(element)}; });
function healed(then, path) {
  const element = path ? at(path) : null;
  const judge = found => !found ? 'none' : element && isSame(found, element) ? 'right' : 'wrong';
  const told = find(then, document, 400);
  return {ours: judge(told.best && told.best.element), evidence: told.evidence, naive: judge(naive(then)), similo: judge(similo(then)), found: told.best ? described(told.best.element) : '', called: calledBy(then)};
}

// A page as large as they come: each of its elements is one of many alike.
function large(count) {
  const rows = Array.from({length: count / 5}, (_, i) => `<tr><td>Invoice ${i}<td>${word(dice('c' + i))} ${word(dice('d' + i))}<td><a href="/invoices/${i}">Open</a><td><button class="pay" name="pay">Pay</button></tr>`);
  document.body.innerHTML = `<h1>Invoices</h1><table>${rows.join('')}</table>`;
}
function timed(healer, path, then) {
  const element = at(path);
  const before = element.className;
  element.removeAttribute('class');
  document.body.getBoundingClientRect();
  const began = performance.now();
  ({ours: () => find(then, document, 400), naive: () => naive(then), similo: () => similo(then)})[healer]();
  const took = performance.now() - began;
  element.className = before;
  return took;
}
