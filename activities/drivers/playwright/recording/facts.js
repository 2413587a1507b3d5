// What can be said of an element, apart from role and name, which Playwright tells best.
element => {
  const folded = text => (text || '').replace(/\s+/g, ' ').trim();
  const MADE_UP = /\d{3,}|^[0-9a-f]{8,}$|:|^(ember|react|mui|radix|ext-|yui|cdk-|mat-|css-|sc-|__)/i;
  const around = at => at.parentElement || (at.getRootNode().host ?? null);
  const own = label => {
    const copy = label.cloneNode(true);
    for (const field of copy.querySelectorAll('input, select, textarea, button, [contenteditable]')) field.remove();
    return folded(copy.textContent);
  };
  const step = at => {
    const alike = [...(at.parentNode?.children ?? [])].filter(other => other.localName === at.localName);
    return alike.length > 1 ? `${CSS.escape(at.localName)}:nth-of-type(${alike.indexOf(at) + 1})` : CSS.escape(at.localName);
  };
  const path = from => {
    const parts = [];
    let whole = '';
    for (let at = from; at; at = at.parentElement) {
      parts.unshift(step(at));
      if (!at.parentElement && at.getRootNode().host) {
        whole = ` >> css=${parts.splice(0).join(' > ')}${whole}`;
        at = {parentElement: at.getRootNode().host};
      }
    }
    return `css=${parts.join(' > ')}${whole}`;
  };
  const said = box => {
    const line = box.querySelector('h1, h2, h3, h4, h5, h6, [role=heading], legend, th, td, strong, b, a')
      ?? box.firstElementChild ?? box;
    return folded(line.innerText).slice(0, 60);
  };
  const places = [];
  for (let at = around(element); at && places.length < 6; at = around(at)) {
    const name = at.localName;
    const labelled = at.getAttribute('aria-label') || at.getAttribute('aria-labelledby');
    if (name === 'tr' || at.getAttribute('role') === 'row') places.push({kind: 'row', text: said(at)});
    else if (name === 'li' || name === 'article') places.push({kind: name, text: said(at)});
    else if (name === 'fieldset' || name === 'dialog' || labelled) places.push({kind: 'named', path: path(at)});
  }
  const text = folded(element.innerText);
  return {
    tag: element.localName,
    path: path(element),
    test_id: element.getAttribute('data-testid'),
    placeholder: element.getAttribute('placeholder'),
    title: element.getAttribute('title'),
    alt: element.getAttribute('alt'),
    label: element.getAttribute('aria-label') || [...(element.labels || [])].map(own).find(Boolean) || null,
    text: text.length <= 60 && !element.labels ? text : '',
    id: element.id && !MADE_UP.test(element.id) ? element.id : null,
    name: element.getAttribute('name'),
    places,
  };
}
