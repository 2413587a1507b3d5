"""The little JavaScript that looks at elements where one question would otherwise be many."""

_TEXT = """
const textOf = element => {
  const tag = element.tagName;
  if (tag === 'SELECT') return [...element.selectedOptions].map(option => option.label).join(', ');
  if (tag === 'TEXTAREA') return element.value;
  if (tag === 'INPUT') return element.type === 'password' ? (element.value ? '••••••••' : '') : element.value;
  return (element.innerText ?? element.textContent ?? '').replace(/\\u00a0/g, ' ').trim();
};
const read = (element, attribute) => {
  if (attribute === null) return textOf(element);
  if (attribute === 'value' && 'value' in element) {
    return element.type === 'password' ? textOf(element) : String(element.value);
  }
  return element.getAttribute(attribute);
};
"""

READ = f"""(element, attribute) => {{ {_TEXT}
  return {{text: read(element, attribute), shown: element.checkVisibility({{visibilityProperty: true}})}};
}}"""
READ_ALL = f"(elements, attribute) => {{ {_TEXT} return elements.map(element => read(element, attribute)); }}"

TABLE = f"""element => {{ {_TEXT}
  const inside = element.querySelectorAll('table');
  const table = element.closest('table') || (inside.length === 1 ? inside[0] : null);
  if (!table) return null;
  const fields = cell => [...cell.querySelectorAll('input, select, textarea')].filter(field => field.type !== 'hidden');
  const state = field => ['checkbox', 'radio'].includes(field.type) ? String(field.checked) : textOf(field);
  const held = cell => textOf(cell) || fields(cell).map(state).join(' ');
  const rows = [...table.rows].filter(row => row.offsetParent !== null);
  const grid = new Map(rows.map(row => [row, []]));
  for (const row of rows) {{
    let at = 0;
    for (const cell of row.cells) {{
      while (at in grid.get(row)) at++;
      const group = [...row.parentElement.children].filter(other => grid.has(other));
      const first = group.indexOf(row);
      for (const line of group.slice(first, first + (cell.rowSpan || group.length))) {{
        for (let over = 0; over < cell.colSpan; over++) grid.get(line)[at + over] = over ? '' : held(cell);
      }}
      at += cell.colSpan;
    }}
  }}
  const cells = row => Array.from(grid.get(row), text => text ?? '');
  const head = rows.find(row => row.parentElement.tagName === 'THEAD')
    || rows.find(row => row.cells.length && [...row.cells].every(cell => cell.tagName === 'TH'));
  const body = rows.filter(row => row !== head && row.parentElement.tagName !== 'THEAD'
    && row.parentElement.tagName !== 'TFOOT');
  return {{header: head ? cells(head) : [], rows: body.map(cells)}};
}}"""

READY = """element => {
  const box = element.getBoundingClientRect();
  if (!element.isConnected || !box.width || !box.height || element.matches(':disabled')) return false;
  const hit = element.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return hit !== null && (element.contains(hit) || hit.contains(element));
}"""
"""Whether a click would most likely arrive at once; only if not is it worth a trial."""

FOCUS = """(element, end) => {
  const field = element.localName === 'label' && element.control || element;
  if (!field.matches(':focus, :focus-within')) {
    field.focus();
    if (end && field.isContentEditable) getSelection().selectAllChildren(field), getSelection().collapseToEnd();
    else if (end && typeof field.value === 'string') {
      try { field.setSelectionRange(field.value.length, field.value.length); } catch {}
    }
  }
  return field.matches(':focus, :focus-within') || ['body', 'html'].includes(field.localName);
}"""
"""Have an element get the keys, maybe with the cursor at its end unless it had it already, and say whether it does.

Some kinds of fields have no cursor.
"""

SINGLE = "element => element.localName === 'select' && !element.multiple"

OPENS_A_LIST = """element => element.localName !== 'select' && (element.getAttribute('role') === 'combobox'
  || element.getAttribute('role') === 'listbox' || element.getAttribute('aria-haspopup') === 'listbox')"""

CHOSEN = """element => [...element.selectedOptions].map(option => ({value: option.value, label: option.label}))"""

LABEL_OF_HIDDEN = """element => {
  const seen = it => it.checkVisibility({visibilityProperty: true}) && it.getClientRects().length;
  return seen(element) ? null : [...(element.labels || [])].find(seen) || null;
}"""
"""The label that stands for a box which styles hide."""

HELD = """element => new Promise(resolve => setTimeout(() => {
  const field = element.localName === 'label' && element.control || element;
  let around = field;
  for (let steps = 0; steps < 3 && around.parentElement; steps++) around = around.parentElement;
  resolve({
    kind: field.localName === 'input' ? field.type : '',
    rich: field.isContentEditable,
    value: String(field.value ?? field.innerText ?? ''),
    at_most: field.maxLength > 0 ? field.maxLength : null,
    around: (around.innerText ?? '').slice(0, 5000),
  });
}))"""
"""What a field holds once the page had its turn: some make other things of it, or nothing."""

ROOM = """(element, begins) => {
  const field = element.localName === 'label' && element.control || element;
  const view = field.ownerDocument.defaultView, key = Symbol.for('aether.typed');
  const stays = begins || (view[key] === field && field.matches(':focus'));
  view[key] = begins ? field : null;
  if (!stays || !(field.maxLength > 0)) return null;
  const from = field.selectionStart ?? field.value.length, to = field.selectionEnd ?? from;
  return {kind: '', rich: false, value: field.value.slice(0, from) + field.value.slice(to),
    at_most: field.maxLength, around: ''};
}"""
"""What a field that takes only so many characters holds beside what is selected; nothing once it has lost the focus."""

CHECKED = "element => Boolean(element.checked)"

CHOICES = """elements => elements.slice(0, 1).flatMap(element => [...(element.options || [])])
  .slice(0, 500).map(option => ({value: option.value, label: option.label,
    off: option.disabled || Boolean(option.closest('optgroup:disabled'))}))"""

VALUES = "elements => elements.map(element => element.value)"

WHOLE_TEXT = """elements => {
  const unseen = ['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'];
  const text = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    let whole = '';
    while (walker.nextNode()) {
      const part = walker.currentNode;
      if (!unseen.includes(part.parentNode.tagName)) whole += part.data;
    }
    return whole;
  };
  return [document, ...elements.map(element => element.shadowRoot).filter(root => root)].map(text).join(' ');
}"""
"""All texts of a page, seen or not, those in shadow trees last."""

SMALL_TEXTS = """elements => {
  const places = new Map(elements.map((element, number) => [element, number]));
  const parts = ['OPTION', 'OPTGROUP', 'SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'];
  const small = element => !parts.includes(element.tagName) && element.textContent.length <= 1000;
  return elements.map(element => [small(element) ? element.textContent : '', places.get(element.parentElement) ?? -1]);
}"""
"""The text of each element that has little, and the number of the one around it."""

IS_FILE_FIELD = """element => {
  const field = element.tagName === 'LABEL' ? element.control : element;
  return Boolean(field && field.tagName === 'INPUT' && field.type === 'file');
}"""

LOOK = f"""(elements, attributes) => {{ {_TEXT}
  const shows = element => {{
    const seen = element.closest('select') || element;
    return seen.checkVisibility({{visibilityProperty: true}}) || getComputedStyle(seen).display === 'contents';
  }};
  const look = element => {{
  const box = element.getBoundingClientRect();
  const visible = element.checkVisibility({{visibilityProperty: true}}) && box.width > 0 && box.height > 0;
  const off = element.matches(':disabled') || element.closest('[aria-disabled=true]');
  const on = element.checked ?? element.getAttribute('aria-checked') === 'true';
  return {{
    states: [visible ? 'visible' : 'hidden', 'attached', off ? 'disabled' : 'enabled', on ? 'checked' : 'unchecked'],
    text: textOf(element),
    shown: shows(element),
    value: read(element, 'value') ?? '',
    attributes: Object.fromEntries(attributes.map(name => [name, element.getAttribute(name)])),
  }} }};
  return {{count: elements.length, looks: elements.slice(0, 20).map(look)}};
}}"""

SCROLL = """(element, [edge, x, y]) => {
  const box = element || document.scrollingElement || document.documentElement;
  const to = {top: [box.scrollLeft, 0], bottom: [box.scrollLeft, box.scrollHeight],
    left: [0, box.scrollTop], right: [box.scrollWidth, box.scrollTop]}[edge];
  if (to) box.scrollTo({left: to[0], top: to[1], behavior: 'instant'});
  else box.scrollBy({left: x, top: y, behavior: 'instant'});
}"""

SCROLL_DOWN = """(element, argument) => {
  const box = element || document.scrollingElement || document.documentElement;
  box.scrollTo({top: box.scrollHeight, behavior: 'instant'});
  return box.scrollHeight;
}"""
"""Scroll to the end there is now, and say where that is."""

RECORDS = f"""(elements, [items, attribute]) => {{ {_TEXT}
  const holder = element => {{
    for (let at = element; at; at = at.parentNode || at.host) {{
      const number = items.indexOf(at);
      if (number >= 0) return number;
    }}
    return -1;
  }};
  return elements.map(element => [items ? holder(element) : 0, read(element, attribute)]);
}}"""
"""What each element shows, and which of the records it is in."""
