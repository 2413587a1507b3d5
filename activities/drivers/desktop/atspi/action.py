"""What is done with one control without a mouse: pressing, giving values, selecting, unfolding."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass

from dbus_fast import Variant

from activities.drivers.desktop.atspi.bus import Bus
from activities.drivers.desktop.atspi.reader import Reader
from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError

_PRESS_TIME = 0.5
"""Seconds after which a program that was pressed counts as busy with what that began, e.g. a dialog."""
_PRESSED = (
    "push-button", "toggle-button", "push-button-menu", "check-box", "radio-button", "switch", "combo-box", "link",
    "menu", "menu-item", "check-menu-item", "radio-menu-item", "tearoff-menu-item", "page-tab", "column-header",
    "table-column-header", "icon", "spin-button",
)  # fmt: skip
"""Roles whose first action is what a click does; that of a field is what Enter does, and a row has several."""
_ANYWHERE = 6
"""In view, wherever there."""
_PRESSES = ("click", "press", "activate", "jump", "do default", "dodefault", "showmenu", "toggle", "")
_UNFOLDS = ("expand or contract", "showmenu", "press", "toggle", "click", "activate")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
"""Numbers that are nothing but numbers: `007` may be an article's, and a cell tells them apart when they are typed."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Does things with controls by what their programs offer."""

    bus: Bus
    reader: Reader

    async def press(self, ref: str) -> None:
        """Do what a click would do."""
        role = await self.reader.role(ref)
        if role not in _PRESSED:
            raise UnsupportedError(f"a {role} is not pressed by its program")
        await self._act(ref, _PRESSES)

    async def unfold(self, ref: str) -> None:
        """Fold or unfold."""
        await self._act(ref, _UNFOLDS)

    async def set_value(self, ref: str, value: str) -> None:
        """Give a value by what the program offers for it."""
        offered = await self.reader.interfaces(ref)
        if "EditableText" in offered:
            (done,) = await self.bus.call(ref, "EditableText", "SetTextContents", "s", (value,))
            if not done:
                raise UnsupportedError("the program does not take the text")
        elif "Value" in offered and _NUMBER.fullmatch(value):
            await self.bus.put(ref, "Value", "CurrentValue", Variant("d", float(value)))
        else:
            raise UnsupportedError("the control takes no value from outside")

    async def value(self, ref: str) -> str:
        """The value or text that a control shows."""
        offered = await self.reader.interfaces(ref)
        if "Text" in offered:
            (text,) = await self.bus.call(ref, "Text", "GetText", "ii", (0, -1))
            return str(text)
        if "Selection" in offered and (chosen := await self._chosen(ref)) is not None:
            return chosen
        if "Value" in offered:
            number = await self.bus.get(ref, "Value", "CurrentValue")
            return f"{number:.12g}"
        return " ".join(str(await self.bus.get(ref, "Accessible", "Name")).split())

    async def select(self, ref: str) -> None:
        """Select an item in what it is an item of."""
        holder = await self.reader.parent(ref)
        if holder is None:
            raise UnsupportedError("the control is in nothing that selects")
        index = await self.bus.call(ref, "Accessible", "GetIndexInParent")
        if await self.reader.role(holder) == "menu" and (box := await self.reader.parent(holder)) is not None:
            holder = box if await self.reader.role(box) == "combo-box" else holder
        if "Selection" not in await self.reader.interfaces(holder):
            raise UnsupportedError("what the item is in selects nothing")
        (done,) = await self.bus.call(holder, "Selection", "SelectChild", "i", (index[0],))
        if not done:
            raise UnsupportedError("the program does not select the item")

    async def focus(self, ref: str) -> None:
        """Have a control take what is typed."""
        (done,) = await self.bus.call(ref, "Component", "GrabFocus")
        if not done:
            raise UnsupportedError("the control does not take the focus")

    async def scroll_to(self, ref: str) -> None:
        """Have a control in view; not every toolkit can do that."""
        with suppress(UnsupportedError):
            await self.bus.call(ref, "Component", "ScrollTo", "u", (_ANYWHERE,))

    async def _chosen(self, ref: str) -> str | None:
        if not await self.bus.get(ref, "Selection", "NSelectedChildren"):
            return None
        ((name, path),) = await self.bus.call(ref, "Selection", "GetSelectedChild", "i", (0,))
        return " ".join(str(await self.bus.get(f"{name} {path}", "Accessible", "Name")).split())

    async def _act(self, ref: str, wanted: tuple[str, ...]) -> None:
        """Do the first of the actions that are wanted; unnamed ones and those of the whole program are told apart."""
        (offered,) = await self.bus.call(ref, "Action", "GetActions")
        names = [str(each[0]).strip().lower() for each in offered]
        index = next((names.index(name) for name in wanted if name in names), None)
        if index is None:
            raise UnsupportedError(f"the control has none of the actions {', '.join(filter(None, wanted))}")
        try:
            (done,) = await self.bus.call(ref, "Action", "DoAction", "i", (index,), within=_PRESS_TIME)
        except UnresponsiveError:
            await self._still_there(ref)
            return
        if not done:
            raise UnsupportedError("the program does not do it")

    async def _still_there(self, ref: str) -> None:
        """See that a program which did not say that it was pressed works on it: an open dialog keeps it from saying."""
        try:
            await self.reader.role(ref)
        except (StaleError, UnsupportedError):
            return
