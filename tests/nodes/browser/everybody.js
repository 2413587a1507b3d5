// Looking for elements as `find` does, without leaving anybody out before all has been asked of everybody.

const PARTS = ['Invoice', 'Pay', 'pay now', 'Open', 'Log in', 'signIn', 'Delete', 'remove', '42', 'Straße', 'İstanbul', 'e-mail', ''];

function rolled(seed) {
  let state = seed * 2654435761 >>> 0 || 1;
  return most => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % most;
}
const said = roll => Array.from({length: roll(4)}, () => PARTS[roll(PARTS.length)]).join(' ');
function madeUp(roll) {
  const id = () => roll(3) ? '' : `id="${PARTS[roll(PARTS.length)]}-${roll(9)}"`;
  const looks = () => `class="${['row', 'row odd', 'cell', ''][roll(4)]}" style="margin-left: ${roll(200)}px"`;
  const made = [
    () => `<button ${id()} ${looks()} name="${said(roll)}">${said(roll)}</button>`,
    () => `<a href="/${said(roll)}/${roll(5)}" ${looks()}>${said(roll)}<i class="fa fa-eye"></i></a>`,
    () => `<label for="f${roll(9)}">${said(roll)}</label><input id="f${roll(9)}" placeholder="${said(roll)}">`,
    () => `<label>${said(roll)}<input type="checkbox" value="${roll(3)}"></label>`,
    () => `<h3>${said(roll)}</h3><p ${id()} ${roll(4) ? '' : 'hidden'}>${said(roll)}</p>`,
    () => `<span role="button" tabindex="0" ${looks()}><img alt="${said(roll)}" width="9" height="9"></span>`,
    () => `<div ${looks()}><span>${said(roll)}</span><button>Pay</button></div>`,
  ];
  const one = () => made[roll(made.length)]();
  return Array.from({length: 30 + roll(40)}, () => `<section>${one()}${one()}${one()}</section>`).join('');
}
function change(page, element, roll) {
  const others = [...page.querySelectorAll('section')];
  [
    () => element.remove(), () => element.removeAttribute('id'), () => { element.textContent = said(roll); },
    () => element.after(element.cloneNode(true)), () => others[roll(others.length)].append(element),
    () => others[roll(others.length)].remove(), () => { page.innerHTML = madeUp(roll); },
  ][roll(7)]();
}

function everybody(then, root) {
  then.tokens = tokensOf(then);
  const page = {...pageOf(root), boxes: new Map()};
  const usable = everything(root, peersOf(then)).filter(element => element.type !== 'hidden');
  const rest = then.kind === 'other' ? everything(root, `${TELLING},${then.tag}`).filter(element => !usable.includes(element)) : [];
  const pool = [...usable, ...rest].map(element => ({element, traits: traitsOf(element), texts: null}));
  const census = new Census(then, pool.slice(0, usable.length).map(({traits}) => traits));
  const counts = countsOf(then, pool);
  const asked = [...questionsOf(then), ...keyQuestionsOf(then, counts)];
  for (const candidate of pool) candidate.quick = mean(Object.fromEntries(asked.map(({trait, answer}) => [trait, answer(candidate.traits, false)])), 1);
  const closest = new Set(closestOf(then, pool));
  const sorted = [...closest, ...[...pool].sort((one, other) => other.quick - one.quick).filter(candidate => !closest.has(candidate))];
  const kept = sorted.filter(({element}) => shown(element)).slice(0, KEPT);
  for (const candidate of kept) candidate.box = boxOf(candidate.element);
  const texts = textsOf(root.body, kept.map(({box}) => box));
  for (const candidate of kept) {
    Object.assign(candidate, {texts, found: answered(asked, candidate.traits)});
    thoroughly(then, candidate, page);
    nearly(then, candidate);
  }
  const beside = companyOf(then, kept);
  for (const candidate of kept) {
    if (beside.length) candidate.found.onlyAround = beside.includes(candidate) ? 1 / beside.length : 0;
    candidate.score = mean(candidate.found, 0.35 + 0.65 * census.kept);
  }
  const {others} = sortedOut(then, census.bearers().map(i => usable[i]), census.bearers().map(i => pool[i].traits), page);
  kept.sort((one, other) => other.score - one.score);
  kept.forEach((candidate, place) => {
    candidate.claimed = place < CLAIMS_LOOKED_AT && (others.has(candidate.element) || census.claimed(markOf(candidate.traits)));
  });
  const free = [...kept].sort((one, other) => one.claimed - other.claimed || other.score - one.score);
  return {best: free[0], second: free.find(other => !oneControl(free[0].element, other.element, free[0].box, other.box)), kept: kept.length};
}

// What `alike` says without looking at letters, of texts that are taken apart each time.
function takenApart(one, other) {
  if (!one || !other) return 0;
  if (one === other) return 1;
  const [mine, theirs] = [one, other].map(text => words(text).map(meant));
  return meant(one) === meant(other) ? 0.9 : Math.min(0.97, 0.9 * shared(mine, theirs));
}

// Which of some made-up pages it makes a difference on, and how many elements were looked for.
function compared(pages) {
  const told = {differ: [], looked: 0, most: 0};
  for (let seed = 1; seed <= pages; seed++) {
    const roll = rolled(seed);
    document.body.innerHTML = madeUp(roll);
    const elements = [...document.querySelectorAll('button,a,input,p,h3,[role]')].filter(shown);
    const element = elements[roll(elements.length)];
    const then = JSON.parse(JSON.stringify(fingerprint(element)));
    change(document.body, element, roll);
    const {best, second} = find({...then}, document, 1e9);
    const all = everybody({...then}, document);
    const facts = candidate => candidate && [candidate.score, candidate.claimed, JSON.stringify(candidate.found)];
    const same = (one, other) => one?.element === other?.element && String(facts(one)) === String(facts(other));
    if (!same(best, all.best) || !same(second, all.second)) told.differ.push(seed);
    const [one, other] = [plain(said(roll)), plain(said(roll))];
    if (alike(one, other, false) !== takenApart(one, other)) told.differ.push(`${one} ${other}`);
    told.looked++;
    told.most = Math.max(told.most, all.kept);
  }
  return told;
}
