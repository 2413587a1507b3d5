// What an element is: the traits by which a person, or its author, would tell it from others.
// Typed values are never read; what a field holds is not part of what it is.

const LIMIT = {read: 4000, text: 160, label: 120, attribute: 80, words: 40, classes: 20, attributes: 12, options: 12};

const USABLE = 'a[href],a,button,input,select,textarea,summary,label,option,[role=button],[role=link],[role=tab],'
  + '[role=menuitem],[role=menuitemcheckbox],[role=menuitemradio],[role=checkbox],[role=radio],[role=switch],'
  + '[role=option],[role=combobox],[role=textbox],[role=searchbox],[role=spinbutton],[role=slider],[role=treeitem],'
  + '[contenteditable=""],[contenteditable=true],[onclick],[tabindex]:not([tabindex="-1"])';
const TELLING = USABLE + ',h1,h2,h3,h4,h5,h6,li,span,div,p,th,tr,td,dt,dd,svg,img,canvas,iframe,i,b,strong,em,code,pre,'
  + 'section,article,nav,form,table,figure,time,output,[role]';

const folded = text => text ? /\s\s|[^\S ]/.test(text) ? text.replace(/\s+/g, ' ').trim() : text.trim() : '';
const cut = (text, size) => text.length > size ? text.slice(0, size) : text;
const plain = (text, size = LIMIT.label) => cut(folded(text).toLowerCase(), size);

// Words are split where a person would: at blanks, signs, and humps in names that programs use.
const words = text => (text || '').replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u)
  .filter(Boolean).map(word => cut(word, 60));
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

function textOf(element) {
  const tag = element.localName;
  if (tag === 'input') return /^(submit|button|reset)$/.test(element.type) ? folded(element.value) : '';
  if (tag === 'select' || tag === 'textarea' || element.isContentEditable) return '';
  return whole(folded(cut(element.textContent, LIMIT.read)));
}
// A long text is told from others by its beginning and a digest of all of it.
const whole = text => text.length > LIMIT.text ? `${cut(text, LIMIT.text - 10)} ${digest(text)}` : text;
function labelOf(element) {
  if (!element.hasAttributes() && !element.labels) return element.childElementCount ? [pictured(element)].find(says) || '' : '';
  const said = element.getAttribute('aria-label');
  if (said && said.trim()) return said;
  const ids = element.getAttribute('aria-labelledby');
  if (ids) {
    const root = element.getRootNode();
    const text = ids.split(/\s+/).map(id => root.getElementById ? (root.getElementById(id) || {}).textContent || '' : '')
      .join(' ');
    if (text.trim()) return text;
  }
  if (element.labels && element.labels.length) {
    const text = element.labels[0].textContent;
    if (text.trim()) return text;
  }
  return [element.getAttribute('title'), element.getAttribute('alt'), pictured(element)].find(says) || '';
}
const says = text => /[\p{L}\p{N}]/u.test(text || '');
// What a button without words shows: the name of its picture or icon.
function pictured(element) {
  if (element.childElementCount === 0 || element.childElementCount > 3) return '';
  const picture = element.querySelector('img[alt],svg[aria-label],[aria-label],svg title');
  return picture ? picture.getAttribute('alt') || picture.getAttribute('aria-label') || picture.textContent : '';
}
// What a control without words is told by: the name of its icon, or the shape that is drawn.
const ANY_ICON = /^(fa|fas|far|fab|fal|fad|fw|icon|icons|glyphicon|bi|mdi|md|material|nc|ni|ti|fe|feather|ion|lg|xl|sm|xs|2x|3x|svg|svg-inline|nav|link|menu|btn|button|me|ms|mr|ml|text|white|gray|\d+)$/;
function iconOf(element) {
  const icon = element.matches('i,svg,img') ? element : element.querySelector('i,svg,img,[class*=icon]');
  if (!icon) return '';
  const names = words(icon.getAttribute('class')).filter(name => !ANY_ICON.test(name));
  const use = icon.querySelector('use');
  const drawn = icon.querySelector('path');
  if (use) names.push(...words(use.getAttribute('href') || use.getAttribute('xlink:href')));
  else if (drawn) names.push(digest(drawn.getAttribute('d')));
  if (icon.localName === 'img') names.push(...words(lastPart(addressed(icon.getAttribute('src')))));
  return [...new Set(names)].slice(0, 8).join(' ');
}

const COMMON = /^(id|class|style|href|src|name|type|value|alt|title|placeholder|aria-label|role|data-test.*|data-qa|data-cy|data-aether.*|checked|selected|aria-(expanded|selected|checked|pressed|labelledby|describedby|controls|owns))$/;
function otherAttributes(element) {
  const found = {};
  let count = 0;
  for (const {name, value} of element.attributes) {
    if (COMMON.test(name) || name.length > 60 || value.length > LIMIT.attribute || count === LIMIT.attributes) continue;
    found[name] = value;
    count++;
  }
  return found;
}

// Many elements of a page share their classes.
const KNOWN_CLASSES = new Map();
function classesOf(written) {
  let known = KNOWN_CLASSES.get(written);
  if (!known) {
    known = written.split(/\s+/).filter(own).slice(0, LIMIT.classes).map(name => cut(name, 80));
    KNOWN_CLASSES.set(written, known);
  }
  return known;
}

// All that can be said without a layout.
function traitsOf(element) {
  const attribute = element.hasAttributes() ? name => element.getAttribute(name) || '' : () => '';
  const text = cut(textOf(element).toLowerCase(), LIMIT.text);
  const label = plain(labelOf(element));
  const kind = kindOf(element);
  return {
    tag: element.localName,
    kind,
    type: cut(attribute('type').toLowerCase(), 40),
    role: cut(attribute('role'), 40),
    id: own(cut(element.id || '', LIMIT.attribute)),
    name: own(cut(attribute('name'), LIMIT.attribute)),
    test: cut(attribute('data-testid') || attribute('data-test') || attribute('data-test-id') || attribute('data-qa')
      || attribute('data-cy'), LIMIT.attribute),
    href: addressed(attribute('href') || attribute('action') || attribute('formaction')),
    src: addressed(attribute('src')),
    choice: kind === 'check' ? cut(attribute('value'), LIMIT.attribute) : '',
    text,
    label,
    icon: text || label ? '' : iconOf(element),
    extra: text || label ? '' : Object.entries(otherAttributes(element)).join(' '),
    hint: plain(attribute('placeholder')),
    classes: classesOf(attribute('class')),
  };
}
const calledBy = traits => traits.text || traits.label || traits.hint || traits.icon;

function shown(element) {
  if (element.checkVisibility && !element.checkVisibility({visibilityProperty: true})) return false;
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0;
}
function boxOf(element) {
  const box = element.getBoundingClientRect();
  return [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round);
}

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
  return roots.flatMap(each => [...each.querySelectorAll(selector)]);
}
function rootsOf(root) {
  const found = [root];
  for (const element of root.querySelectorAll('*')) if (element.shadowRoot) found.push(...rootsOf(element.shadowRoot));
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
