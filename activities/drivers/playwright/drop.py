"""Whether a drag did anything: pages let go of what they do not accept without a word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Literal
from uuid import uuid4

import playwright.async_api as pw
from pydantic import BaseModel

from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.reach import PAUSE, Reach
from activities.sessions.browser import Point
from activities.sessions.target import Target

Void = Literal["refused", "unheard"]
"""Why a drag did nothing: nothing accepted what was dropped, or nothing on the page heard of it."""

_PATIENCE = timedelta(seconds=0.5)
"""How long a page has for a change that it makes late, when all else says that there was none."""
_TIME = 1.0
"""Seconds a page may take to tell."""
_ASKING = frozenset({"document", "eventsource", "fetch", "ping", "websocket", "xhr"})
"""Requests that pages make to get something done."""
_HOLD = 60
"""Milliseconds that the mouse rests: some lists look where it is that often only."""
_MOST_RECORDS = 5_000

_OWN = "_hitTargetInterceptor"
"""What is written in Playwright's own listeners."""
_KEY = "Symbol.for('aether.drag')"
_CHANGES = """
const untold = ['draggable', 'aria-grabbed', 'aria-dropeffect'];
const plain = (name, value) => name === 'class' ? (value || '').split(/\\s+/).filter(Boolean).sort().join(' ')
  : name === 'style' ? (value || '').replace(/[\\s;]+/g, '') : value;
const telling = node => node.nodeType === 1 || (node.nodeType === 3 && node.data.trim() !== '');
const written = node => node.outerHTML ?? node.data;
const before = records => records.reduceRight((nodes, {addedNodes, removedNodes, nextSibling}) => {
  const left = nodes.filter(node => ![...addedNodes].includes(node));
  const at = nextSibling ? left.indexOf(nextSibling) : left.length;
  return [...left.slice(0, at), ...removedNodes, ...left.slice(at)];
}, [...records[0].target.childNodes]);
const rearranged = records => {
  const now = [...records[0].target.childNodes].filter(telling), then = before(records).filter(telling);
  const same = (one, other) => one === other
    || (!now.includes(other) && !then.includes(one) && written(one) === written(other));
  return now.length !== then.length || !now.every((node, at) => same(node, then[at]));
};
const altered = ({type, target, attributeName: name, oldValue}) => {
  if (type === 'characterData') return target.data !== oldValue;
  return !untold.includes(name) && plain(name, target.getAttribute(name)) !== plain(name, oldValue);
};
const changed = (records, pressed) => {
  const groups = new Map();
  for (const record of records) {
    const {target, type, attributeName} = record;
    if (!groups.has(target)) groups.set(target, new Map());
    const group = `${type} ${attributeName}`, ofTarget = groups.get(target);
    if (ofTarget.has(group)) ofTarget.get(group).push(record);
    else ofTarget.set(group, [record]);
  }
  const differs = group => group[0].type === 'childList' ? rearranged(group) : altered(group[0]);
  const lasts = group => {
    const late = group.filter(record => !pressed.has(record));
    return late.length > 0 && differs(late) && differs(group);
  };
  return [...groups].some(([target, ofTarget]) => target.isConnected && [...ofTarget.values()].some(lasts));
};
"""
"""What is different at last, from before the mouse was pressed and from before it was moved.

What pages do while something is pressed or dragged, and take back, does not count.
"""

_WATCH = f"""(end, id) => {{ {_CHANGES}
  const view = end.ownerDocument.defaultView, key = {_KEY}, page = view.document;
  const own = 'audio, canvas, embed, iframe, input, object, select, textarea, video';
  const owing = element => getComputedStyle(element).display === 'inline' || element.localName.includes('-')
    || [element, ...element.querySelectorAll('*')].some(it => it.matches(own));
  const around = element => {{
    let at = element;
    for (let steps = 0; steps < 2 && at.parentElement && !at.parentElement.matches('html, body'); steps++) {{
      at = at.parentElement;
    }}
    return at;
  }};
  const begin = () => {{
    const heard = {{}}, caused = new Map(), ends = [], places = [], paths = [];
    const kept = [], pressed = new Set(), was = [];
    let hot = 0, moved = false;
    const box = element => [element.offsetLeft, element.offsetTop, element.offsetWidth, element.offsetHeight];
    const held = () => [...page.querySelectorAll('input, select, textarea')].map(it => [it.value, it.checked]);
    const state = () => JSON.stringify([view.location.href, held(), ends.map(end => [end.isConnected, box(end)])]);
    const keep = records => {{
      for (const record of records) {{
        if (!caused.has(record.target)) caused.set(record.target, hot > 0);
        if (kept.length > {_MOST_RECORDS}) continue;
        kept.push(record);
        if (!moved) pressed.add(record);
      }}
    }};
    const observer = new MutationObserver(keep);
    const heat = () => {{
      const {{port1, port2}} = new MessageChannel();
      hot++;
      port1.onmessage = () => {{ keep(observer.takeRecords()); hot--; port1.close() }};
      port2.postMessage(null);
    }};
    const hear = event => {{
      if (!event.isTrusted) return;
      keep(observer.takeRecords());
      if (event.type === 'pointerdown') was.push(state());
      if (event.type === 'pointermove' && heard.mousedown && !moved) {{
        was.push(state());
        moved = true;
      }}
      if (event.type.startsWith('dr')) heat();
      if (event.type === 'mousedown' || event.type === 'mouseup') paths.push(event.composedPath());
      heard[event.type] = event.type === 'dragend' ? event.dataTransfer.dropEffect : true;
      told.at = [event.clientX, event.clientY];
    }};
    const types = ['pointerdown', 'mousedown', 'pointermove', 'mouseup', 'dragstart', 'dragenter', 'dragover',
      'dragleave', 'drop', 'dragend'];
    for (const type of types) view.addEventListener(type, hear, true);
    const counts = ({{target}}) => caused.get(target) || places.some(place => place.contains(target));
    const all = {{subtree: true, childList: true, attributeOldValue: true, characterDataOldValue: true}};
    const told = {{id, paths, watch: element => {{
      ends.push(element);
      places.push(around(element));
      for (let root = element.getRootNode(); root; root = root.host?.getRootNode()) observer.observe(root, all);
    }}, tell: () => {{
      keep(observer.takeRecords());
      const different = moved && !was.includes(state());
      return {{
        did: Boolean(heard.drop) || different || kept.length > {_MOST_RECORDS} || changed(kept.filter(counts), pressed),
        refused: heard.dragend === 'none',
        idle: heard.mousedown === true && heard.mouseup === true && !heard.dragstart && !ends.some(owing),
      }};
    }}, stop: () => {{
      observer.disconnect();
      for (const type of types) view.removeEventListener(type, hear, true);
    }}}};
    return told;
  }};
  if (view[key]?.id !== id) {{
    view[key]?.stop();
    view[key] = begin();
  }}
  view[key].watch(end);
}}"""
"""Take note of what becomes of a document from the first move on that follows the press of the mouse.

What changes around the ends of the drag counts; elsewhere, what has changed for the first time while the page was
being told of the drag: clocks and the like run on by themselves.
"""

_TELL = f"() => window[{_KEY}]?.tell() ?? null"
_AT = f"""async () => {{
  await new Promise(resolve => setTimeout(resolve, {_HOLD}));
  const at = window[{_KEY}]?.at;
  if (!at) return null;
  let [x, y] = at;
  for (let view = window; view !== view.top; view = view.parent) {{
    const frame = view.frameElement;
    if (!frame) return null;
    const {{left, top}} = frame.getBoundingClientRect();
    [x, y] = [x + left + frame.clientLeft, y + top + frame.clientTop];
  }}
  return {{x, y}};
}}"""
"""Where in the window the mouse is; None where a frame of another site does not tell."""
_STOP = f"() => window[{_KEY}]?.stop()"
_LISTENS = f"""() => {{
  const told = window[{_KEY}], mouse = /^(mouse|pointer|touch|drag|drop|click|select|focus)/;
  const own = ({{listener}}) => String(listener).includes('{_OWN}');
  const heard = node => Object.entries(getEventListeners(node)).filter(([type]) => mouse.test(type));
  return told.paths.flat().flatMap(heard).some(([, listeners]) => !listeners.every(own));
}}"""
"""Whether any part of a page that the mouse was pressed or let go on would hear of it."""


class Telling(BaseModel):
    """What one document tells of a drag."""

    did: bool
    """Whether something is different, or something was dropped."""
    refused: bool
    """Whether the browser says that nothing accepted what was dragged."""
    idle: bool
    """Whether the mouse was pressed, but nothing taken up, and the ends do nothing of themselves then."""


class Drop:
    """One drag, from before the mouse is pressed on."""

    def __init__(self, reach: Reach, tab: pw.Page, frames: Collection[Target | None]) -> None:
        self._reach = reach
        self._tab = tab
        self._framed = any(frames)
        self._scopes = [locate(tab, frame).content_frame if frame else tab for frame in frames]
        self._asked = False
        """Whether a page has asked a server for something since."""

    def note(self, request: pw.Request) -> None:
        """Take note of what a page asks for."""
        self._asked |= request.resource_type in _ASKING

    async def void(self) -> Void | None:
        """Why it did nothing; None if it did something, or nobody can tell."""
        deadline = self._reach.deadline.sooner(_PATIENCE)
        while True:
            void = await self._void()
            if void is None or deadline.passed:
                return None if void == "unheard" and await self._may_be_heard() else void
            await asyncio.sleep(PAUSE)

    async def rest(self) -> Point | None:
        """Give the documents their turn, and say where in the window the mouse is, if that can be told."""
        places = [await _ask(scope, _AT) for scope in self._scopes]
        return Point(**places[-1]) if places[-1] is not None else None

    async def forget(self) -> None:
        """Leave the documents alone again."""
        for scope in self._scopes:
            await _ask(scope, _STOP)

    async def _void(self) -> Void | None:
        """Why it has done nothing so far."""
        if self._asked or self._reach.session.dialogs:
            return None
        answers = [await _ask(scope, _TELL) for scope in self._scopes]
        told = [Telling.model_validate(answer) for answer in answers if answer is not None]
        if len(told) < len(answers) or any(telling.did for telling in told):
            return None
        if any(telling.refused for telling in told):
            return "refused"
        return "unheard" if all(telling.idle for telling in told) else None

    async def _may_be_heard(self) -> bool:
        """Whether the page may have heard of the mouse; only Chromium tells, and only of a tab's own document."""
        if self._framed:
            return True
        await self.forget()
        with suppress(pw.Error, TimeoutError):
            async with asyncio.timeout(_TIME):
                browser = await self._tab.context.new_cdp_session(self._tab)
                question = {"expression": f"({_LISTENS})()", "includeCommandLineAPI": True, "returnByValue": True}
                answer = await browser.send("Runtime.evaluate", question)
                await browser.detach()
                return answer["result"].get("value") is not False
        return True


@asynccontextmanager
async def dragging(reach: Reach, ends: Sequence[tuple[Target, pw.Locator]]) -> AsyncIterator[Drop]:
    """Take note of what becomes of the documents that a drag begins and ends in."""
    tab = reach.tab
    drop = Drop(reach, tab, dict.fromkeys(target.frame for target, _ in ends))
    number = uuid4().hex
    for _, end in ends:
        await reach.ask(end, _WATCH, number)
    tab.on("request", drop.note)
    try:
        yield drop
    finally:
        tab.remove_listener("request", drop.note)
        await drop.forget()


async def _ask(scope: pw.Page | pw.FrameLocator, question: str) -> Any:  # noqa: ANN401 - JSON
    """What a document tells; None if it is gone, or does not answer soon."""
    with suppress(pw.Error, TimeoutError):
        async with asyncio.timeout(_TIME):
            return await scope.locator(":root").evaluate_all(question)
    return None
