"""What steps do on desktops, tried on programs of this machine one by one."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from activities.drivers.desktop.session import DrivenDesktop
from activities.drivers.desktop.toolkit import Station, Toolkit
from activities.sessions.control import Control
from activities.sessions.desktop import Facts, Launch, State, Stroke
from workflows.errors import AetherError, RobotError

_TEXT = "Grüße, 12 €"
_MORE = " {1} 漢"
_FIELDS = ("Document", "Edit")
_PICTURE = b"\x89PNG"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one verb went."""

    verb: str
    ok: bool
    found: str
    """What came of it, or what went wrong."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Trial:
    """All verbs on one editor: a program that shows a field for text and a menu bar, in whatever language."""

    toolkit: Toolkit
    station: Station
    patience: timedelta = timedelta(seconds=20)
    """How long one verb may take."""

    async def run(self, program: str) -> AsyncIterator[Verdict]:
        """Try one verb after the other; without a field for text there is nothing to try the rest on."""
        launched = await _tried("launch", lambda: self._launch(program))
        yield launched
        if not launched.ok:
            return
        try:
            looked = await _tried("read_tree", self._tree)
            yield looked
            if looked.ok:
                field = await self._field()
                for verb, act in self._verbs(field).items():
                    yield await _tried(verb, act)
        finally:
            with suppress(AetherError):
                await self.desktop.close(force=True)

    @property
    def desktop(self) -> DrivenDesktop:
        """The session of one step."""
        return DrivenDesktop(self.toolkit, self.station, timeout=self.patience)

    def _verbs(self, field: Control) -> dict[str, Callable[[], Awaitable[str]]]:
        return {
            "find": lambda: self._find(field),
            "fill": lambda: self._fill(field, _TEXT),
            "wait": lambda: self._wait(field),
            "type": lambda: self._type(field),
            "press": lambda: self._press(field),
            "clipboard": self._clipboard,
            "paste": lambda: self._paste(field),
            "click": lambda: self._click(field),
            "menu": self._menu,
            "screenshot": lambda: self._screenshot(field),
            "close": lambda: self._close(field),
        }

    async def _launch(self, program: str) -> str:
        app = await self.desktop.launch(Launch(program), "trial")
        return f"window {app.title!r} of process {app.pid}"

    async def _tree(self) -> str:
        field = await self._facts()
        branches = await self.desktop.tree()
        return f"{len(branches)} controls; the text is in {field.control_type} {field.name!r}"

    async def _facts(self) -> Facts:
        """The largest field for text."""
        fields = [
            each.facts
            for each in await self.desktop.tree()
            if each.facts.control_type in _FIELDS and each.facts.visible and each.facts.enabled
        ]
        if not fields:
            raise RobotError("no field for text can be found in its window: name an editor with --program")
        sizes = [(await self.toolkit.rect(each.ref)) for each in fields]
        return max(zip(fields, sizes, strict=True), key=lambda pair: pair[1].width * pair[1].height)[0]

    async def _field(self) -> Control:
        facts = await self._facts()
        known = {"automation_id": facts.automation_id, "name": facts.name, "class_name": facts.class_name}
        said = {name: value for name, value in known.items() if value}
        return Control.model_validate({"control_type": facts.control_type, **said, "found_index": 1})

    async def _find(self, field: Control) -> str:
        facts = await self.desktop.find(field)
        return f"{field}, reference {facts.ref}"

    async def _fill(self, field: Control, text: str) -> str:
        await self.desktop.set_value(field, text)
        return _same(text, await self.desktop.get_value(field))

    async def _wait(self, field: Control) -> str:
        await self.desktop.wait(field, State.ENABLED)
        await self.desktop.wait_gone(Control(name="Æther: nowhere"))
        return "enabled; what is nowhere is gone"

    async def _type(self, field: Control) -> str:
        await self.desktop.send_keys("{Ctrl}{End}", field)
        await self.desktop.type(_MORE)
        return _same(_TEXT + _MORE, await self.desktop.get_value(field))

    async def _press(self, field: Control) -> str:
        await self.desktop.send_keys("{Ctrl}a{Delete}", field)
        return _same("", await self.desktop.get_value(field))

    async def _clipboard(self) -> str:
        await self.desktop.write_clipboard(_TEXT)
        return _same(_TEXT, await self.desktop.read_clipboard())

    async def _paste(self, field: Control) -> str:
        await self.desktop.send_keys("{Ctrl}v", field)
        return _same(_TEXT, await self.desktop.get_value(field))

    async def _click(self, field: Control) -> str:
        await self.desktop.invoke(field, Stroke(at=(5, 5)))
        return "with the mouse, at its upper left corner"

    async def _menu(self) -> str:
        items = [each.facts for each in await self.desktop.tree() if each.facts.control_type == "MenuItem"]
        if not items:
            raise RobotError("its menu bar has no items that can be found")
        first = Control(control_type="MenuItem", name=items[0].name, found_index=1)
        await self.desktop.expand(first)
        shown = sum(each.facts.control_type == "MenuItem" for each in await self.desktop.tree())
        await self.desktop.send_keys("{Esc}{Esc}")
        return f"{items[0].name!r} opens; {shown} items"

    async def _screenshot(self, field: Control) -> str:
        picture = await self.desktop.screenshot(field)
        if not picture.startswith(_PICTURE):
            raise RobotError("what came is no picture")
        place = await self.desktop.rect(field)
        return f"{place.width} x {place.height} pixels at {place.x}, {place.y}; {len(picture)} bytes"

    async def _close(self, field: Control) -> str:
        await self.desktop.send_keys("{Ctrl}a{Delete}", field)
        try:
            await self.desktop.close()
        except AetherError as error:
            await self.desktop.close(force=True)
            return f"by force: {error.message}"
        return self.station.ending(self.station.apps["trial"]) or "it is gone"


def _same(wanted: str, found: str) -> str:
    """Compare what a field has; some end it with a line of their own."""
    if found.rstrip("\r\n") != wanted:
        raise RobotError(f"expected {wanted!r}, found {found!r}")
    return repr(wanted)


async def _tried(verb: str, act: Callable[[], Awaitable[str]]) -> Verdict:
    started = time.monotonic()
    try:
        found, ok = await act(), True
    except AetherError as error:
        found, ok = error.message, False
    except Exception as error:  # noqa: BLE001 - a verb that breaks is what is looked for
        found, ok = f"{type(error).__name__}: {error}", False
    return Verdict(verb, ok, found, round(time.monotonic() - started, 2))
