"""Why an element could not be used, in words its author can act on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from urllib.parse import urlsplit

import playwright.async_api as pw

from activities.drivers.playwright.locate import facts, locate
from activities.secrets import masked
from activities.sessions.target import Target
from workflows.errors import ElementAmbiguousError, ElementNotFoundError, ElementNotReadyError

_CANDIDATES = 4
_LONGEST_NAME = 60
_LONGEST_COVER = 120
_CLOSE = 0.35
_LINE = re.compile(r'^\s*- (?:\'|")?(?P<role>[a-z]+)(?: "(?P<name>(?:[^"\\]|\\.)*)")?(?:[^:]*: (?P<text>.+))?')
_COVER = re.compile(r"- (?P<cover><.+?)(?: from <.+)? (?:subtree )?intercepts pointer events")
_REASONS = (
    ("intercepts pointer events", "covered"),
    ("element is not enabled", "disabled"),
    ("element is not visible", "not visible"),
    ("resolved to hidden", "hidden"),
    ("element is not editable", "read-only"),
    ("element is outside of the viewport", "outside of the page's visible area"),
    ("element is not stable", "still moving"),
    ("did not find some options", "without such an entry"),
    ("option being selected is not enabled", "without such an entry that can be chosen"),
)
_FIELDS = {"textbox", "searchbox", "combobox", "spinbutton", "slider"}
_USABLE = {"textbox", "button", "link", "checkbox", "radio", "combobox", "option", "tab", "menuitem", "searchbox"}
_NETWORK = {
    "ERR_CONNECTION_REFUSED": "nothing listens there",
    "ERR_NAME_NOT_RESOLVED": "there is no such host",
    "ERR_INTERNET_DISCONNECTED": "this robot has no network",
    "ERR_CONNECTION_TIMED_OUT": "the host does not answer",
    "ERR_CERT_AUTHORITY_INVALID": "its certificate is not trusted",
    "ERR_CERT_DATE_INVALID": "its certificate has expired",
    "ERR_TOO_MANY_REDIRECTS": "it redirects without end",
    "ERR_EMPTY_RESPONSE": "it answered nothing",
    "ERR_ABORTED": "it is a file to download, or loading was stopped",
}
_DESCRIBE = """elements => elements.slice(0, 5).map(element => {
  const short = (text, size) => { text = (text || '').replace(/\\s+/g, ' ').trim();
    return text.length > size ? text.slice(0, size).replace(/\\S*$/, '') + '…' : text };
  const facts = ['id', 'name', 'type', 'role', 'aria-label', 'class']
    .filter(fact => element.getAttribute(fact)).map(fact => `${fact}="${short(element.getAttribute(fact), 30)}"`);
  const place = element.closest('tr, li, fieldset, section, form, dialog');
  const around = place && place !== element ? short(place.innerText, 40) : '';
  const box = element.getBoundingClientRect();
  const seen = box.width && box.height ? '' : ' (hidden)';
  const text = short(element.innerText, 40);
  return `<${[element.tagName.toLowerCase(), ...facts].join(' ')}>` + (text ? ` '${text}'` : '') + seen
    + (around && around !== text ? ` in '${around}'` : '');
})"""


async def not_found(page: pw.Page, target: Target, time: float) -> ElementNotFoundError:
    """Say what was looked for and what comes closest to it."""
    near, candidates = await nearest(page, target, time)
    where = place(page)
    return ElementNotFoundError(
        f"no element matches {target} on {where}{near}", target=str(target), page=where, candidates=[*candidates]
    )


async def nearest(page: pw.Page, target: Target, time: float) -> tuple[str, list[str]]:
    """What comes closest to a target that matches nothing: in words, and the elements."""
    candidates: list[str] = []
    hint = ""
    with suppress(pw.Error, TimeoutError):
        async with asyncio.timeout(time):
            hint = await _missing_part(page, target)
            shown = locate(page, target.frame).content_frame.locator("body") if target.frame else page
            snapshot = await shown.aria_snapshot(timeout=time * 1000)
            candidates = _closest(target, snapshot)
            if not candidates and not hint:
                return _shown(snapshot), []
    return hint + (f"; the closest are: {', '.join(candidates)}" if candidates else ""), candidates


async def ambiguous(page: pw.Page, target: Target, locator: pw.Locator, time: float) -> ElementAmbiguousError:
    """Say which elements match."""
    where = place(page)
    matches: list[str] = []
    count = 2
    with suppress(pw.Error, TimeoutError):
        async with asyncio.timeout(time):
            count = await locator.count()
            matches = await locator.evaluate_all(_DESCRIBE)
    shown = "; ".join(f"{number}. {match}" for number, match in enumerate(matches, start=1))
    return ElementAmbiguousError(
        f"{count} elements match {target} on {where}, but a target must match one: {shown}; "
        "say more of it, or where it is (within), or which one (nth)",
        target=str(target),
        page=where,
        candidates=[*matches],
    )


def not_ready(page: pw.Page, target: Target, error: pw.Error, *, wanted: str) -> ElementNotReadyError:
    """Say what stands in the way of an element that is there."""
    reason = obstacle(error) or "it did not become ready in time"
    return ElementNotReadyError(
        f"{target} on {place(page)} cannot be {wanted}: {reason}", target=str(target), page=place(page), reason=reason
    )


def place(page: pw.Page | None) -> str:
    """Where a page is."""
    if page is None or page.url in ("", "about:blank"):
        return "an empty tab (nothing was opened yet)"
    return shown_address(page.url)


def shown_address(url: str) -> str:
    """An address as messages show it."""
    return repr(plain_address(url))


def plain_address(url: str) -> str:
    """An address without what may be confidential in it: user, password and query."""
    parts = urlsplit(url)
    if not parts.netloc:
        return f"{parts.scheme}:{masked(parts.path)[:40]}" if parts.scheme else url
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def network_failure(said: str) -> str:
    """A browser's network error in words."""
    code = re.search(r"net::(ERR_[A-Z_]+)", said)
    if code is None:
        return "it is not a valid address" if "invalid URL" in said else said
    return _NETWORK.get(code[1], code[1].removeprefix("ERR_").replace("_", " ").lower()) + f" ({code[1]})"


def refusal(said: str) -> str:
    """What Playwright says of an element of the wrong kind, without its list of kinds."""
    if "Element is not an <input>" in said:
        return "it is not a field"
    return said[:1].lower() + said[1:]


def obstacle(error: pw.Error) -> str | None:
    """The last thing of Playwright's log that stood in the way of an action; None if it had not looked yet."""
    log = error.message
    found = max(((log.rfind(sign), words) for sign, words in _REASONS), default=(-1, ""))
    if found[0] < 0:
        return None
    if found[1] != "covered":
        return f"it is {found[1]}"
    covers = _COVER.findall(log)
    cover = re.sub(r"\s+", " ", covers[-1]) if covers else "another element"
    return f"it is covered by {shortened(cover, _LONGEST_COVER)}"


async def _missing_part(page: pw.Page, target: Target) -> str:
    """Which part of a compound target is the one that does not match."""
    for part in (target.frame, target.within):
        if part is not None and not await locate(page, part).count():
            return f"; {part} is not there either"
    scope: pw.Page | pw.FrameLocator | pw.Locator = page
    if target.frame is not None:
        scope = locate(scope, target.frame).content_frame
    if target.within is not None:
        scope = locate(scope, target.within)
    counts = [await fact.count() for fact in facts(scope, target)]
    if target.nth is not None:
        total = await locate(page, target.model_copy(update={"nth": None})).count()
        return f"; {total} match without nth" if total else ""
    if len(counts) > 1 and any(counts):
        return f"; what is said of it matches {', '.join(map(str, counts))} elements, but never the same one"
    return ""


def _closest(target: Target, snapshot: str) -> list[str]:
    """The elements of a page that are most like the one looked for: role and name only, never what fields hold."""
    wanted = target.name or target.label or target.text or target.placeholder or target.title or target.alt
    if wanted is None and target.role is None:
        return []
    scored = {
        f"{role} {shortened(name, _LONGEST_NAME)!r}" if name else role: _likeness(target.role, wanted, role, name)
        for role, name in elements(snapshot)
        if target.text or role != "text"
    }
    best = sorted(scored, key=lambda shown: -scored[shown])
    return [shown for shown in best if scored[shown] >= _CLOSE][:_CANDIDATES]


def _shown(snapshot: str) -> str:
    """What a page shows, for a target that says nothing one could compare: its heading and what can be used."""
    telling = [(role, name) for role, name in elements(snapshot) if name and (role == "heading" or role in _USABLE)]
    told = dict.fromkeys(f"{role} {shortened(name, _LONGEST_NAME)!r}" for role, name in telling)
    return f"; the page shows: {', '.join([*told][:_CANDIDATES])}" if told else ""


def _likeness(wanted_role: str | None, wanted_name: str | None, role: str, name: str) -> float:
    same_role = float(role == wanted_role)
    if wanted_name is None:
        return same_role
    alike = SequenceMatcher(None, wanted_name.casefold(), name.casefold()).ratio()
    if name and (wanted_name.casefold() in name.casefold() or name.casefold() in wanted_name.casefold()):
        alike = max(alike, 0.8)
    usable = 0.05 * (role in _USABLE)
    return alike + 0.3 * same_role + usable if alike > _CLOSE or same_role else 0.0


def elements(snapshot: str) -> Iterator[tuple[str, str]]:
    """Roles and names of what a page shows."""
    for line in snapshot.splitlines():
        match = _LINE.match(line)
        if match:
            held = match["text"] if match["role"] not in _FIELDS else None
            yield match["role"], (match["name"] or held or "").replace('\\"', '"').strip('"')


def shortened(text: str, size: int) -> str:
    """The beginning of a text, in whole words."""
    text = masked(text)
    if len(text) <= size:
        return text
    return f"{text[:size].rpartition(' ')[0]} …".lstrip()
