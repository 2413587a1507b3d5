// What is told by how it looks, because it says nothing: buttons that are but an icon.

const MOST_LOOKED_AT = 120;
const LARGEST = 160;
const PICTURE = 'svg,img,i,canvas,[class*=icon]';

const pictureOf = element => element.matches(PICTURE) ? element : element.querySelector(PICTURE) || element;
const isSmall = ([,, width, height]) => width >= 6 && height >= 6 && width <= LARGEST && height <= LARGEST;

// The elements that may be meant, each marked with its number, and the boxes of what they show; `at` is the first one given.
function lookalikes([start], {kind, token}) {
  if (!start) return null;
  const seen = [];
  for (const element of everything(start.ownerDocument, `${USABLE},${PICTURE}`)) {
    if (seen.length === MOST_LOOKED_AT) break;
    if (kindOf(element) !== kind || !shown(element) || seen.some(other => oneControl(other, element))) continue;
    if (isSmall(boxOf(pictureOf(element)))) seen.push(element);
  }
  seen.forEach((element, number) => element.setAttribute('data-aether-seen', `${token}-${number}`));
  return {at: seen.findIndex(element => element === start || oneControl(element, start)), boxes: seen.map(element => boxOf(pictureOf(element)))};
}

// Takes the marks away again; the one chosen gets that of what was found.
function chosen([start], {token, number}) {
  let told = null;
  for (const element of start ? everything(start.ownerDocument, '[data-aether-seen]') : []) {
    const mark = element.getAttribute('data-aether-seen');
    if (!mark.startsWith(token)) continue;
    element.removeAttribute('data-aether-seen');
    if (mark !== `${token}-${number}`) continue;
    told = {learned: learned(element), description: described(element)};
    element.setAttribute('data-aether-found', token);
  }
  return told;
}
