// What an element is: the traits by which a person, or its author, would tell it from others.
// Typed values are never read; what a field holds is not part of what it is.

const LIMIT = {read: 4000, text: 160, label: 120, attribute: 80, words: 40, classes: 20, attributes: 12, options: 12};

const USABLE = 'a[href],a,button,input,select,textarea,summary,label,option,[role=button],[role=link],[role=tab],'
  + '[role=menuitem],[role=menuitemcheckbox],[role=menuitemradio],[role=checkbox],[role=radio],[role=switch],'
  + '[role=option],[role=combobox],[role=textbox],[role=searchbox],[role=spinbutton],[role=slider],[role=treeitem],'
  + '[contenteditable=""],[contenteditable=true],[onclick],[tabindex]:not([tabindex="-1"])';
const TELLING = USABLE + ',h1,h2,h3,h4,h5,h6,li,span,div,p,th,tr,td,dt,dd,svg,img,canvas,iframe,i,b,strong,em,code,pre,'
  + 'section,article,nav,form,table,figure,time,output,[role]';
// What is told by more than its tag is told by one of these.
const BY_ATTRIBUTE = '[role],[contenteditable],[onclick],[tabindex]';

const folded = text => text ? /\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ').trim() : text.trim() : '';
const cut = (text, size) => text.length > size ? text.slice(0, size) : text;
const plain = (text, size = LIMIT.label) => cut(folded(text).toLowerCase(), size);

// Words are split where a person would: at blanks, signs, and humps in names that programs use.
function words(text) {
  if (!text) return [];
  const low = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  const found = [];
  for (const word of low.split(/[^\0-\x7f]/.test(low) ? /[^\p{L}\p{N}]+/u : /[^a-z0-9]+/)) if (word) found.push(cut(word, 60));
  return found;
}
const nameless = text => text.replace(/\d+/g, '#');

// FNV-1a: short, stable names for texts that need only be compared.
function digest(text) {
  if (!text) return '';
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

// Ids and classes that tools make up anew with each build or page.
const MADE_UP = /^(ember|react|mui|radix|headlessui|ext-|yui|gwt|:r|__|cdk-|mat-\d|p-id|ng-|_ng|v-\d|css-|sc-|jss|svelte-)|\d{4,}|^[0-9a-f]{6,}$|[0-9a-f]{8,}|:/i;
const own = name => name && !MADE_UP.test(name) ? name : '';

function addressed(address) {
  if (!address || /^(javascript:|data:|blob:|#?$)/i.test(address)) return '';
  if (address[0] === '#') return address.toLowerCase();
  const bare = address.replace(/^[a-z+.-]+:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '').replace(/\/+$/, '').toLowerCase();
  return cut(bare || (/^[a-z]+:\/\//i.test(address) ? address.toLowerCase().replace(/\/+$/, '') : ''), 160);
}
const lastPart = address => address.split('/').pop().replace(/\.\w+$/, '');

const NAMED_KINDS = [
  ['field', /^(textbox|searchbox|combobox|spinbutton|slider)$/],
  ['check', /^(checkbox|radio|switch|menuitemcheckbox|menuitemradio)$/],
  ['click', /^(button|link|tab|menuitem|option|treeitem)$/],
];
function kindOf(element) {
  const tag = element.localName;
  if (tag === 'select' || tag === 'textarea') return 'field';
  if (tag === 'input') {
    if (/^(submit|button|reset|image)$/.test(element.type)) return 'click';
    if (/^(checkbox|radio)$/.test(element.type)) return 'check';
    return element.type === 'file' ? 'file' : 'field';
  }
  const role = element.getAttribute('role');
  if (role) for (const [kind, roles] of NAMED_KINDS) if (roles.test(role)) return kind;
  if (tag === 'a' || tag === 'button' || tag === 'summary') return 'click';
  return element.isContentEditable ? 'field' : 'other';
}

function textOf(element, editable = element.isContentEditable) {
  const tag = element.localName;
  if (tag === 'input') return /^(submit|button|reset)$/.test(element.type) ? folded(element.value) : '';
  if (tag === 'select' || tag === 'textarea' || editable) return '';
  return whole(folded(cut(element.textContent, LIMIT.read)));
}
// A long text is told from others by its beginning and a digest of all of it.
const whole = text => text.length > LIMIT.text ? `${cut(text, LIMIT.text - 10)} ${digest(text)}` : text;
// What has been read of a page once, for as long as it is looked at: much of it is asked again for each of its elements.
function pageOf(root) {
  const page = {
    root, elements: [], told: new Set(), labels: new Map(), pictures: new Map(), headings: new Map(), said: new Map(), boxes: new Map(),
  };
  readInto(page, root);
  return page;
}
function readInto(page, root) {
  const all = root.querySelectorAll('*');
  const inside = [];
  for (let i = 0, count = all.length; i < count; i++) {
    page.elements.push(all[i]);
    if (all[i].shadowRoot) inside.push(all[i].shadowRoot);
  }
  for (const element of root.querySelectorAll(BY_ATTRIBUTE)) page.told.add(element);
  labelsIn(page, root);
  picturesIn(page, root);
  for (const each of inside) readInto(page, each);
}
// As `everything`, in a page that has been read; the parts of the selector are tags, or ask for one of those attributes.
function among(page, selector) {
  const tags = new Set(selector.split(',').filter(part => !part.includes('[')));
  return page.elements.filter(element => tags.has(element.localName) || (page.told.has(element) && element.matches(selector)));
}
function once(answers, asked, ask) {
  let answer = answers.get(asked);
  if (answer === undefined) answers.set(asked, answer = ask(asked));
  return answer;
}
// The first label of each control. To ask every control for its own walks the whole page each time.
function labelsIn({labels}, root) {
  for (const label of root.querySelectorAll('label')) if (label.control && !labels.has(label.control)) labels.set(label.control, label);
}
// The first picture in each element that holds one.
function picturesIn({pictures}, root) {
  for (const picture of root.querySelectorAll(PICTURED)) {
    for (let at = picture.parentElement; at && !pictures.has(at); at = at.parentElement) pictures.set(at, picture);
  }
}
function labelOf(element, page) {
  const attributed = element.hasAttributes();
  if (attributed) {
    const said = element.getAttribute('aria-label');
    if (said && said.trim()) return said;
    const ids = element.getAttribute('aria-labelledby');
    const text = ids ? referred(element.getRootNode(), ids) : '';
    if (text.trim()) return text;
  }
  const label = page ? page.labels.get(element) : element.labels && element.labels[0];
  const text = label ? label.textContent : '';
  if (text.trim()) return text;
  if (attributed) for (const name of ['title', 'alt']) if (says(element.getAttribute(name))) return element.getAttribute(name);
  const picture = pictured(element, page);
  return says(picture) ? picture : '';
}
const referred = (root, ids) => ids.split(/\s+/)
  .map(id => root.getElementById ? (root.getElementById(id) || {}).textContent || '' : '').join(' ');
const says = text => !!text && /[\p{L}\p{N}]/u.test(text);
// What a button without words shows: the name of its picture or icon.
const PICTURED = 'img[alt],svg[aria-label],[aria-label],svg title';
function pictured(element, page) {
  const inside = element.childElementCount;
  if (inside === 0 || inside > 3) return '';
  const picture = page ? page.pictures.get(element) : element.querySelector(PICTURED);
  return picture ? picture.getAttribute('alt') || picture.getAttribute('aria-label') || picture.textContent : '';
}
// What a control without words is told by: the name of its icon, or the shape that is drawn.
const ANY_ICON = /^(fa|fas|far|fab|fal|fad|fw|icon|icons|glyphicon|bi|mdi|md|material|nc|ni|ti|fe|feather|ion|lg|xl|sm|xs|2x|3x|svg|svg-inline|nav|link|menu|btn|button|me|ms|mr|ml|text|white|gray|\d+)$/;
function iconOf(element) {
  const icon = /^(i|svg|img)$/.test(element.localName) ? element
    : element.childElementCount ? element.querySelector('i,svg,img,[class*=icon]') : null;
  if (!icon) return '';
  const names = words(icon.getAttribute('class')).filter(name => !ANY_ICON.test(name));
  const [use, drawn] = icon.childElementCount ? [icon.querySelector('use'), icon.querySelector('path')] : [];
  if (use) names.push(...words(use.getAttribute('href') || use.getAttribute('xlink:href')));
  else if (drawn) names.push(digest(drawn.getAttribute('d')));
  if (icon.localName === 'img') names.push(...words(lastPart(addressed(icon.getAttribute('src')))));
  return [...new Set(names)].slice(0, 8).join(' ');
}

const COMMON = /^(id|class|style|href|src|name|type|value|alt|title|placeholder|aria-label|role|data-test.*|data-qa|data-cy|data-aether.*|checked|selected|aria-(expanded|selected|checked|pressed|labelledby|describedby|controls|owns))$/;
const KNOWN_COMMON = new Map();
const isCommon = name => name.length > 60 || COMMON.test(name);
function otherAttributes(element) {
  const found = {};
  let count = 0;
  for (const name of element.getAttributeNames()) {
    if (once(KNOWN_COMMON, name, isCommon)) continue;
    const value = element.getAttribute(name);
    if (value === null || value.length > LIMIT.attribute || count === LIMIT.attributes) continue;
    found[name] = value;
    count++;
  }
  return found;
}

// Many elements of a page share their classes.
const KNOWN_CLASSES = new Map([['', []]]);
const classesIn = written => written.split(/\s+/).filter(own).slice(0, LIMIT.classes).map(name => cut(name, 80));

// What an author may have written on an element; most have little of it.
const WRITTEN = ['type', 'role', 'name', 'data-testid', 'data-test', 'data-test-id', 'data-qa', 'data-cy', 'href', 'action', 'formaction',
  'src', 'value', 'placeholder', 'class'];
const PLACE_OF = new Map(WRITTEN.map((name, place) => [name, place]));
const NOTHING = WRITTEN.map(() => '');
function writtenOn(element) {
  if (!element.hasAttributes()) return NOTHING;
  const written = [...NOTHING];
  for (const name of element.getAttributeNames()) {
    const place = PLACE_OF.get(name);
    if (place !== undefined) written[place] = element.getAttribute(name);
  }
  return written;
}

// All that can be said without a layout; with its page sooner, where there are many.
function traitsOf(element, page) {
  const kind = kindOf(element);
  const text = cut(textOf(element, kind === 'other' ? false : element.isContentEditable).toLowerCase(), LIMIT.text);
  const label = plain(labelOf(element, page));
  const [type, role, name, testid, test, testId, qa, cy, href, action, formaction, src, value, placeholder, classes] = writtenOn(element);
  return {
    tag: element.localName,
    kind,
    type: cut(type.toLowerCase(), 40),
    role: cut(role, 40),
    id: own(cut(element.id || '', LIMIT.attribute)),
    name: own(cut(name, LIMIT.attribute)),
    test: cut(testid || test || testId || qa || cy, LIMIT.attribute),
    href: addressed(href || action || formaction),
    src: addressed(src),
    choice: kind === 'check' ? cut(value, LIMIT.attribute) : '',
    text,
    label,
    icon: text || label ? '' : iconOf(element),
    extra: text || label ? '' : Object.entries(otherAttributes(element)).join(' '),
    hint: plain(placeholder),
    classes: once(KNOWN_CLASSES, classes, classesIn),
  };
}
const calledBy = traits => traits.text || traits.label || traits.hint || traits.icon;

function shown(element) {
  if (element.checkVisibility && !element.checkVisibility({visibilityProperty: true})) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}
function boxOf(element, [across, down] = scrolled()) {
  const {left, top, width, height} = element.getBoundingClientRect();
  return [Math.round(left + across), Math.round(top + down), Math.round(width), Math.round(height)];
}
const scrolled = () => [scrollX, scrollY];

const parentOf = element => element.parentElement || (element.getRootNode().host ?? null);
function pathOf(element, length = 6) {
  const steps = [];
  for (let at = element; at && steps.length < length; at = parentOf(at)) {
    let number = 1;
    for (let before = at.previousElementSibling; before; before = before.previousElementSibling) {
      if (before.localName === at.localName) number++;
    }
    steps.unshift(`${at.localName}:${number}`);
  }
  return steps;
}

// Everything in a page that matches, through open shadow roots.
function everything(root, selector, roots = rootsOf(root)) {
  return roots.flatMap(each => Array.from(each.querySelectorAll(selector)));
}
function rootsOf(root) {
  const found = [root];
  const all = root.querySelectorAll('*');
  for (let i = 0, count = all.length; i < count; i++) {
    const inside = all[i].shadowRoot;
    if (inside) found.push(...rootsOf(inside));
  }
  return found;
}

const optionsOf = element => element.localName === 'select'
  ? [...element.options].slice(0, LIMIT.options).map(option => cut(plain(option.label), 40)) : [];

// All that an element is, as a digest, and how many elements there are to choose from: as long as both are the same,
// nothing has changed that matters.
function glance([element]) {
  if (!element) return null;
  const all = [traitsOf(element), otherAttributes(element), pathOf(element), optionsOf(element)];
  return {look: digest(JSON.stringify(all)), usable: element.ownerDocument.querySelectorAll(USABLE).length};
}
