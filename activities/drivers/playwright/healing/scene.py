"""Pictures of a page or a frame, and where on them there is what may be meant."""

from __future__ import annotations

from dataclasses import dataclass

import playwright.async_api as pw
from pydantic import BaseModel

from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.healing.script import within
from activities.drivers.playwright.healing.search import asked
from activities.drivers.vision import Box

Scope = pw.Page | pw.FrameLocator

_TIME = 3000.0
"""Milliseconds that a picture may take."""
_NOWHERE: Box = (0, 0, 0, 0)

_LOOKALIKES = within("return lookalikes(elements, argument);", looks=True)
_IN_SIGHT = within(
    """
  const [root] = elements;
  if (!root) return null;
  const marked = everything(root.ownerDocument, '[data-aether-seen]')
    .filter(element => element.getAttribute('data-aether-seen').startsWith(argument));
  const at = (x, y, scope = root.ownerDocument) => {
    const hit = scope.elementFromPoint(x, y);
    return hit && hit.shadowRoot && hit.shadowRoot !== scope ? at(x, y, hit.shadowRoot) || hit : hit;
  };
  const uncovered = (element, box) => {
    const hit = at(box.left + box.width / 2, box.top + box.height / 2);
    for (let up = hit; up; up = parentOf(up)) if (up === element) return true;
    return Boolean(hit) && oneControl(hit, element);
  };
  const tell = entries => {
    const edge = root.getBoundingClientRect(), seen = {};
    for (const element of marked) {
      const entry = entries.find(({target}) => target === pictureOf(element));
      const box = entry && entry.boundingClientRect;
      if (!box || entry.intersectionRatio < 0.99 || !uncovered(element, box)) continue;
      seen[element.getAttribute('data-aether-seen').split('-').pop()] = [box.left, box.top, box.width, box.height];
    }
    return {edge: [edge.left, edge.top, edge.width, edge.height], seen};
  };
  return new Promise(resolve => {
    const observer = new IntersectionObserver(entries => { observer.disconnect(); resolve(tell(entries)) });
    marked.forEach(element => observer.observe(pictureOf(element)));
    setTimeout(() => resolve(tell([])), 500);
  });
""",
    looks=True,
)
"""What of a frame is in sight, through all the frames that it is in, and not covered; and where the frame begins."""


class _Shown(BaseModel):
    """What there is to look at."""

    at: int
    """Which of them is the element in question; -1 if none is."""
    boxes: tuple[Box, ...]


class _Sight(BaseModel):
    """What of it is in sight."""

    edge: Box
    """The frame's document, in the frame's own pixels."""
    seen: dict[int, Box]


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture, and what on it may be meant."""

    picture: bytes
    at: int
    """Which of them is the element in question; -1 if none is."""
    boxes: tuple[Box, ...]
    """Empty ones are out of sight."""
    whole: bool
    """Whether none is out of sight."""


async def scene(tab: pw.Page, scope: Scope, start: pw.Locator, kind: str, token: str) -> Scene | None:
    """Look at the page or frame that an element is in: all of a page, of a frame what can be seen of it now.

    What may be meant bears the token afterwards, and its number. None while the page is being replaced.
    """
    answer = await asked(start, _LOOKALIKES, {"kind": kind, "token": token})
    if answer is None:
        return None
    shown = _Shown.model_validate(answer)
    if isinstance(scope, pw.Page):
        return Scene(await _picture(tab, full_page=True), shown.at, shown.boxes, whole=True)
    return await _framed(tab, scope.locator(":root"), shown, token)


async def _framed(tab: pw.Page, root: pw.Locator, shown: _Shown, token: str) -> Scene | None:
    """The same of a frame, as its page shows it."""
    if not shown.boxes:
        return None
    first = root.locator(f'[data-aether-seen="{token}-{max(0, shown.at)}"]')
    await first.scroll_into_view_if_needed(timeout=_TIME)
    answer, edge = await asked(root, _IN_SIGHT, token), await root.bounding_box(timeout=_TIME)
    if answer is None or edge is None:
        return None
    sight = _Sight.model_validate(answer)
    left, top, width, _ = sight.edge
    scale = edge["width"] / width if width else 1.0
    seen = {
        number: (edge["x"] + (x - left) * scale, edge["y"] + (y - top) * scale, wide * scale, high * scale)
        for number, (x, y, wide, high) in sight.seen.items()
    }
    boxes = tuple(seen.get(number, _NOWHERE) for number in range(len(shown.boxes)))
    return Scene(await _picture(tab, full_page=False), shown.at, boxes, whole=len(seen) == len(boxes))


async def _picture(tab: pw.Page, *, full_page: bool) -> bytes:
    """A page, a pixel for a pixel of its layout, without what must not be seen."""
    return await tab.screenshot(
        full_page=full_page, scale="css", animations="disabled", mask=await covered(tab), timeout=_TIME
    )
