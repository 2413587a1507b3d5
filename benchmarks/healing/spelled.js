// Selectors of an element, as people and tools write them.
element => {
  const found = [];
  const escape = CSS.escape;
  const tag = element.localName;
  const classes = [...element.classList];
  const quoted = text => JSON.stringify(text);
  const number = at => [...at.parentNode.children].filter(other => other.localName === at.localName).indexOf(at) + 1;
  const path = (from, stop) => {
    const steps = [];
    for (let at = from; at && at !== stop && at.nodeType === 1; at = at.parentElement) steps.unshift(at);
    return steps;
  };
  const css = steps => steps.map(at => `${escape(at.localName)}:nth-of-type(${number(at)})`).join(' > ');
  const xpath = steps => steps.map(at => `${at.localName}[${number(at)}]`).join('/');
  const add = (field, text) => found.push({[field]: text});
  if (element.id) {
    add('css', `#${escape(element.id)}`);
    add('xpath', `//*[@id=${quoted(element.id)}]`);
  }
  if (classes.length) {
    add('css', classes.map(name => `.${escape(name)}`).join(''));
    add('css', `${tag}.${escape(classes[classes.length - 1])}`);
  }
  for (const name of ['name', 'href', 'src', 'type', 'placeholder', 'aria-label', 'title', 'data-target', 'data-toggle']) {
    const value = element.getAttribute(name);
    if (value) add('css', `${tag}[${name}=${quoted(value)}]`);
  }
  const all = path(element, null);
  add('xpath', `/${xpath(all)}`);
  add('css', css(all));
  const anchor = element.parentElement?.closest('[id]');
  if (anchor) {
    add('css', `#${escape(anchor.id)} > ${css(path(element, anchor))}`);
    add('xpath', `//*[@id=${quoted(anchor.id)}]/${xpath(path(element, anchor))}`);
    add('css', `#${escape(anchor.id)} ${tag}`);
    if (classes.length) add('css', `#${escape(anchor.id)} .${escape(classes[0])}`);
  }
  const box = element.parentElement?.closest('[class]');
  if (box) {
    add('css', `.${escape(box.classList[0] ?? '')} > ${tag}`);
    add('css', `.${[...box.classList].map(escape).join('.')} ${tag}:nth-child(${[...element.parentNode.children].indexOf(element) + 1})`);
  }
  const text = (element.textContent || '').replace(/\s+/g, ' ').trim();
  if (text && text.length <= 60) {
    add('xpath', `//${tag}[normalize-space(.)=${quoted(text)}]`);
    add('xpath', `//${tag}[contains(., ${quoted(text.split(' ')[0])})]`);
    add('css', `${tag}:has-text(${quoted(text)})`);
  }
  const alike = [...document.getElementsByTagName(tag)];
  found.push({css: tag, nth: alike.indexOf(element) + 1});
  return found;
}
