// Tells what a person does in a page. Clicks and Enter are held back: whoever listens looks at the page as it was,
// and then does what the person meant. What is typed into a password field never leaves the page.
(mode => {
  if (window.__aether_listening) return;
  window.__aether_listening = true;
  const USABLE = 'a[href],button,input,select,textarea,summary,option,label,[role=button],[role=link],[role=tab],'
    + '[role=menuitem],[role=checkbox],[role=radio],[role=switch],[role=option],[role=combobox],[role=treeitem],'
    + '[role=gridcell],[onclick],[ondblclick],[contenteditable=""],[contenteditable=true]';
  const DOUBLE = 350;  // milliseconds in which a second click makes a double one
  const FAR = 10;  // pixels from which on a press that moves is a drag
  const SOON = 500;  // milliseconds in which what appears is the work of the mouse that came
  const MOST = 50;
  const state = {
    elements: new Map(), next: 0, paused: false, dirty: null, waiting: null, press: null, dropped: false, over: [], shown: [],
  };
  window.__aether_state = state;
  const listen = EventTarget.prototype.addEventListener;
  const on = (name, work) => listen.call(window, name, work, true);

  const around = element => element.parentElement || (element.getRootNode().host ?? null);
  const under = event => {
    const first = event.composedPath()[0];
    return first instanceof Element ? first : first?.parentElement;
  };
  const meant = event => {
    const start = under(event);
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

  const keep = element => {
    const key = String(++state.next);
    state.elements.set(key, element);
    return key;
  };
  const tell = (kind, element, facts) => {
    window.__aether_heard(JSON.stringify({kind, element: keep(element), ...facts}));
  };
  const flush = () => {
    settle();
    const field = state.dirty;
    state.dirty = null;
    if (!field) return;
    const secret = field.type === 'password';
    const value = secret ? null : field.isContentEditable ? field.innerText : field.value;
    tell('fill', field, {value, secret});
  };
  const heard = event => event.isTrusted && !state.paused;
  const hold = event => { event.preventDefault(); event.stopImmediatePropagation(); };

  // A click may be the first half of a double one; it waits only where the page would know the difference.
  let doubles = false;
  const click = (element, button, count) => {
    const by = mode === 'record' && revealing(element);
    tell('click', element, {button, count, over: by ? keep(by) : null});
  };
  const settle = () => {
    if (!state.waiting) return;
    clearTimeout(state.waiting.timer);
    const {element} = state.waiting;
    state.waiting = null;
    click(element, 'left', 1);
  };
  const clicked = (event, element) => {
    if (event.detail > 1 && state.waiting) {
      clearTimeout(state.waiting.timer);
      state.waiting = null;
      click(element, 'left', 2);
    } else if (doubles || event.composedPath().some(at => at.ondblclick)) {
      flush();
      state.waiting = {element, timer: setTimeout(settle, DOUBLE)};
    } else {
      flush();
      click(element, 'left', 1);
    }
  };

  // Only what is made to be dragged is: a press that moves is else no more than selecting text.
  const grabbed = new WeakSet();
  const isPart = element => {
    const box = element.getBoundingClientRect();
    return box.width * box.height < innerWidth * innerHeight / 2;
  };
  const handle = event => {
    for (let at = under(event); at && at !== document.body; at = around(at)) {
      if (at.getAttribute('draggable') === 'true' || (grabbed.has(at) && isPart(at))) return at;
    }
    return null;
  };
  const drop = event => {
    const {press} = state;
    state.press = null;
    if (!press || Math.hypot(event.clientX - press.x, event.clientY - press.y) < FAR) return;
    const to = document.elementFromPoint(event.clientX, event.clientY);
    state.dropped = true;
    if (!to || !press.element || press.element.contains(to)) return;
    flush();
    tell('drag', press.element, {to: keep(to)});
  };

  const pointed = event => {
    if (!heard(event)) return;
    const element = meant(event);
    if (!element) return;
    if (mode === 'record' && isField(element)) return;
    hold(event);
    if (event.type === 'pointerdown') {
      state.press = mode === 'record' && {element: handle(event), x: event.clientX, y: event.clientY};
      state.dropped = false;
    } else if (event.type === 'pointerup') drop(event);
    else if (event.type === 'click' && !state.dropped) clicked(event, element);
    else if (event.type === 'contextmenu') {
      flush();
      click(element, 'right', 1);
    }
  };
  for (const name of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick', 'contextmenu']) {
    on(name, pointed);
  }
  if (mode === 'pick') {
    const mark = document.createElement('div');
    mark.style.cssText = 'position:fixed;z-index:2147483647;pointer-events:none;outline:2px solid #e0007a;'
      + 'background:rgba(224,0,122,.12)';
    on('mousemove', event => {
      const element = meant(event);
      if (!element || !document.body) return;
      const box = element.getBoundingClientRect();
      Object.assign(mark.style, {left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`,
        height: `${box.height}px`});
      if (!mark.isConnected) document.documentElement.append(mark);
    });
    return;
  }
  EventTarget.prototype.addEventListener = function (type, ...others) {
    if (type === 'dblclick') doubles = true;
    if (/^(mousedown|pointerdown|touchstart|dragstart)$/.test(type) && this instanceof Element) grabbed.add(this);
    return listen.call(this, type, ...others);
  };
  for (const name of ['back', 'forward', 'go']) {
    const travel = History.prototype[name];
    History.prototype[name] = function (...to) {
      window.__aether_heard(JSON.stringify({kind: 'travel'}));
      return travel.apply(this, to);
    };
  }

  // What appeared because the mouse came, and over what: by the page's scripts, or by its styles.
  on('mouseover', event => {
    const element = under(event);
    if (heard(event) && element) state.over = [{element, at: performance.now()}, ...state.over].slice(0, MOST);
  });
  new MutationObserver(changes => {
    const [over] = state.over;
    if (!over || state.paused || performance.now() - over.at > SOON) return;
    const shown = changes.flatMap(change => change.type === 'childList' ? [...change.addedNodes] : [change.target]);
    state.shown = [...shown.map(node => ({node, by: over.element})), ...state.shown].slice(0, MOST);
  }).observe(document, {
    subtree: true, childList: true, attributeFilter: ['class', 'style', 'hidden', 'open', 'aria-hidden', 'aria-expanded'],
  });
  const HOVERED = /^(.*?[^\s>+~]*):hover/;
  const APPEARS = /\b(display|visibility|opacity|height|max-height|transform|left|top|clip|clip-path|pointer-events)\b/;
  const hovering = rules => [...rules].flatMap(rule => rule.cssRules && !rule.selectorText ? hovering(rule.cssRules)
    : (rule.selectorText || '').includes(':hover') && APPEARS.test(rule.style.cssText) ? rule.selectorText.split(',') : []);
  const styled = element => {
    for (const sheet of [...document.styleSheets, ...document.adoptedStyleSheets]) {
      let selectors = [];
      try { selectors = hovering(sheet.cssRules); } catch { continue; }  // of another origin
      for (const selector of selectors) {
        const found = HOVERED.exec(selector.trim());
        const shows = found && element.closest(selector.replaceAll(':hover', '').trim() || '*');
        const by = shows && shows.closest(found[1] || '*');
        if (by && by !== shows) return by;
      }
    }
    return null;
  };
  const revealing = element => {
    const shown = state.shown.find(({node, by}) => node instanceof Element && node !== document.body
      && node !== document.documentElement && node.contains(element) && !element.contains(by));
    return shown?.by ?? styled(element);
  };

  on('input', event => {
    const field = event.composedPath()[0];
    if (!heard(event) || !(field instanceof Element) || !isText(field)) return;
    if (state.dirty && state.dirty !== field) flush();
    state.dirty = field;
  });
  on('focusout', () => flush());
  on('change', event => {
    const field = event.composedPath()[0];
    if (!(field instanceof Element)) return;
    const given = field.type === 'file' && !state.paused;  // no script can give files
    if (!heard(event) && !given) return;
    if (isText(field)) flush();
    else if (isBox(field)) tell('check', field, {checked: field.checked});
    else if (field.localName === 'select') {
      tell('select', field, {labels: [...field.selectedOptions].map(option => option.label)});
    } else if (field.type === 'file') tell('upload', field, {names: [...field.files].map(file => file.name)});
  });
  on('keydown', event => {
    const element = event.composedPath()[0];
    if (!heard(event) || event.isComposing || !(element instanceof Element)) return;
    const sends = event.key === 'Enter' && !element.isContentEditable && element.localName !== 'textarea';
    if (!sends && event.key !== 'Escape') return;
    hold(event);
    flush();
    tell('press', element, {key: event.key});
  });
})
