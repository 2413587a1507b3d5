// Tells what a person does in a page. Clicks and Enter are held back: whoever listens looks at the page as it was,
// and then does what the person meant. What is typed into a password field never leaves the page.
(mode => {
  if (window.__aether_listening) return;
  window.__aether_listening = true;
  const USABLE = 'a[href],button,input,select,textarea,summary,option,label,[role=button],[role=link],[role=tab],'
    + '[role=menuitem],[role=checkbox],[role=radio],[role=switch],[role=option],[role=combobox],[role=treeitem],'
    + '[role=gridcell],[onclick],[contenteditable=""],[contenteditable=true]';
  const state = {elements: new Map(), next: 0, paused: false, dirty: null};
  window.__aether_state = state;

  const around = element => element.parentElement || (element.getRootNode().host ?? null);
  const meant = event => {
    const first = event.composedPath()[0];
    const start = first instanceof Element ? first : first?.parentElement;
    for (let at = start; at; at = around(at)) {
      if (at.matches(USABLE)) return at.localName === 'label' && at.control ? at.control : at;
    }
    return start;
  };
  const isBox = element => element.localName === 'input' && /^(checkbox|radio)$/.test(element.type);
  const isText = element => element.isContentEditable || element.localName === 'textarea'
    || (element.localName === 'input' && !/^(checkbox|radio|button|submit|reset|image|file)$/.test(element.type));
  const isField = element => isText(element) || isBox(element) || element.localName === 'select'
    || (element.localName === 'input' && element.type === 'file');

  const tell = (kind, element, facts) => {
    const key = String(++state.next);
    state.elements.set(key, element);
    window.__aether_heard(JSON.stringify({kind, element: key, ...facts}));
  };
  const flush = () => {
    const field = state.dirty;
    state.dirty = null;
    if (!field) return;
    const secret = field.type === 'password';
    const value = secret ? null : field.isContentEditable ? field.innerText : field.value;
    tell('fill', field, {value, secret});
  };
  const heard = event => event.isTrusted && !state.paused;
  const hold = event => { event.preventDefault(); event.stopImmediatePropagation(); };

  const pointed = event => {
    if (!heard(event)) return;
    const element = meant(event);
    if (!element) return;
    if (mode === 'record' && isField(element)) return;
    hold(event);
    if (event.type === 'click' || event.type === 'contextmenu') {
      flush();
      tell('click', element, {button: event.type === 'click' ? 'left' : 'right'});
    }
  };
  for (const name of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick', 'contextmenu']) {
    window.addEventListener(name, pointed, true);
  }
  if (mode === 'pick') {
    const mark = document.createElement('div');
    mark.style.cssText = 'position:fixed;z-index:2147483647;pointer-events:none;outline:2px solid #e0007a;'
      + 'background:rgba(224,0,122,.12)';
    window.addEventListener('mousemove', event => {
      const element = meant(event);
      if (!element || !document.body) return;
      const box = element.getBoundingClientRect();
      Object.assign(mark.style, {left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`,
        height: `${box.height}px`});
      if (!mark.isConnected) document.documentElement.append(mark);
    }, true);
    return;
  }
  window.addEventListener('input', event => {
    const field = event.composedPath()[0];
    if (!heard(event) || !(field instanceof Element) || !isText(field)) return;
    if (state.dirty && state.dirty !== field) flush();
    state.dirty = field;
  }, true);
  window.addEventListener('focusout', () => flush(), true);
  window.addEventListener('change', event => {
    const field = event.composedPath()[0];
    if (!(field instanceof Element)) return;
    const given = field.type === 'file' && !state.paused;  // no script can give files
    if (!heard(event) && !given) return;
    if (isText(field)) flush();
    else if (isBox(field)) tell('check', field, {checked: field.checked});
    else if (field.localName === 'select') {
      tell('select', field, {labels: [...field.selectedOptions].map(option => option.label)});
    } else if (field.type === 'file') tell('upload', field, {names: [...field.files].map(file => file.name)});
  }, true);
  window.addEventListener('keydown', event => {
    const element = event.composedPath()[0];
    if (!heard(event) || event.isComposing || !(element instanceof Element)) return;
    const sends = event.key === 'Enter' && !element.isContentEditable && element.localName !== 'textarea';
    if (!sends && event.key !== 'Escape') return;
    hold(event);
    flush();
    tell('press', element, {key: event.key});
  }, true);
})
