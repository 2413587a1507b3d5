"""A stand-in for what is behind COM on Windows: elements of UI Automation, as scripted programs would show them.

The library `uiautomation` that talks to it is the real one. What this proves is that the library's interface is used
as it is; it says nothing of how Windows and its programs behave.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

_SERIALS = count(1)
GONE = -2147220991
REFUSED = -2147024891
TYPES = {
    "Button": 50000, "CheckBox": 50002, "ComboBox": 50003, "Custom": 50025, "DataItem": 50029, "Document": 50030,
    "Edit": 50004, "Group": 50026, "HeaderItem": 50035, "List": 50008, "ListItem": 50007, "Menu": 50009,
    "MenuBar": 50010, "MenuItem": 50011, "Pane": 50033, "RadioButton": 50013, "Slider": 50015, "Table": 50036,
    "Text": 50020, "TreeItem": 50024, "Window": 50032,
}  # fmt: skip


class COMError(Exception):
    """Like that of comtypes."""

    def __init__(self, hresult: int, text: str = "", details: Sequence[object] = ()) -> None:
        super().__init__(hresult, text, details)
        self.hresult = hresult


class Rectangle(ctypes.Structure):
    _fields_ = [(name, ctypes.c_long) for name in ("left", "top", "right", "bottom")]


class Pattern:
    """One thing an element can do; what is called or read of it is given by keyword."""

    def __init__(self, **members: Callable[..., object]) -> None:
        self._members = members

    def QueryInterface(self, _: object) -> Pattern:  # noqa: N802 - COM's name
        return self

    def __getattr__(self, name: str) -> object:
        member = self._members[name]
        if name.startswith("Current") or name == "DocumentRange":
            return member()

        def call(*arguments: object) -> object:
            answer = member(*arguments)
            return 0 if answer is None else answer

        return call


class Elements(list["Element"]):
    """Several elements, as COM lends them."""

    @property
    def Length(self) -> int:  # noqa: N802 - COM's name
        return len(self)

    def GetElement(self, index: int) -> Element:  # noqa: N802 - COM's name
        return self[index]


class Element:
    """One control of a program."""

    def __init__(
        self,
        kind: str,
        name: str = "",
        children: Sequence[Element] = (),
        patterns: dict[int, Pattern] | None = None,
        **facts: Any,
    ) -> None:
        self.serial = next(_SERIALS)
        self.parent: Element | None = None
        self.children: list[Element] = []
        self.patterns = patterns or {}
        self.gone = False
        self.facts: dict[str, Any] = {
            "ControlType": TYPES[kind],
            "Name": name,
            "AutomationId": "",
            "ClassName": "",
            "IsEnabled": 1,
            "IsOffscreen": 0,
            "HasKeyboardFocus": 0,
            "NativeWindowHandle": 0,
            "BoundingRectangle": Rectangle(10, 20, 110, 50),
            **facts,
        }
        for child in children:
            self.add(child)

    def add(self, child: Element) -> Element:
        child.parent = self
        self.children.append(child)
        return child

    def remove(self, child: Element) -> None:
        """What leaves the screen is gone for whoever still knows it."""
        self.children.remove(child)
        for each in child.all():
            each.gone = True

    def all(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.all()

    def find(self, name: str) -> Element:
        return next(each for each in self.all() if each.facts["Name"] == name)

    @property
    def window(self) -> Element:
        parent = self.parent
        return self if parent is None or parent.parent is None else parent.window

    @property
    def on_key(self) -> Callable[[str], None]:
        """Told of what is typed into it."""
        own: Callable[[str], None] = self.facts.get("OnKey", lambda _: None)
        return own

    def __getattr__(self, name: str) -> object:
        if not name.startswith("Current"):
            raise AttributeError(name)
        self.refuse_if_gone()
        fact = name.removeprefix("Current")
        if fact == "ProcessId" and fact not in self.facts:
            return self.parent.CurrentProcessId if self.parent else 0
        return self.facts[fact]

    def refuse_if_gone(self) -> None:
        if self.gone:
            raise COMError(GONE, "the element is gone")

    def GetCurrentPattern(self, number: int) -> Pattern | None:  # noqa: N802 - COM's name
        self.refuse_if_gone()
        return self.patterns.get(number)

    def GetRuntimeId(self) -> tuple[int, ...]:  # noqa: N802 - COM's name
        self.refuse_if_gone()
        return (42, self.serial)

    def SetFocus(self) -> int:  # noqa: N802 - COM's name
        self.refuse_if_gone()
        root = self.window.parent or self.window
        for each in root.all():
            each.facts["HasKeyboardFocus"] = int(each is self)
        return 0


class Walker:
    """The view of the tree without anything left out."""

    def GetParentElement(self, element: Element) -> Element | None:  # noqa: N802 - COM's name
        return element.parent

    def GetFirstChildElement(self, element: Element) -> Element | None:  # noqa: N802 - COM's name
        element.refuse_if_gone()
        return next(iter(element.children), None)

    def GetNextSiblingElement(self, element: Element) -> Element | None:  # noqa: N802 - COM's name
        siblings = element.parent.children if element.parent else []
        place = siblings.index(element) + 1 if element in siblings else len(siblings)
        return siblings[place] if place < len(siblings) else None


class Client:
    """IUIAutomation."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.RawViewWalker = Walker()

    def GetRootElement(self) -> Element:  # noqa: N802 - COM's name
        return self.root

    def ElementFromHandle(self, handle: int) -> Element:  # noqa: N802 - COM's name
        for window in self.root.children:
            if window.facts["NativeWindowHandle"] == handle:
                return window
        raise COMError(GONE, "no such window")


def invokes(act: Callable[[], None]) -> dict[int, Pattern]:
    """What presses."""
    return {10000: Pattern(Invoke=act)}


def holds(get: Callable[[], str], put: Callable[[str], None] | None = None) -> dict[int, Pattern]:
    """What has a value, to be written unless there is no way to."""

    def refuse(_: str) -> None:
        raise COMError(REFUSED, "it is read-only")

    return {
        10002: Pattern(SetValue=put or refuse, CurrentValue=get, CurrentIsReadOnly=lambda: put is None),
        10014: Pattern(DocumentRange=lambda: Pattern(GetText=lambda _: get())),
    }


def switches(get: Callable[[], bool], flip: Callable[[], None]) -> dict[int, Pattern]:
    """What can be checked."""
    return {10015: Pattern(Toggle=flip, CurrentToggleState=lambda: int(get()))}


def unfolds(get: Callable[[], bool], put: Callable[[bool], None]) -> dict[int, Pattern]:
    """What opens."""
    return {
        10005: Pattern(
            Expand=lambda: put(True),  # noqa: FBT003 - it is expanded
            Collapse=lambda: put(False),  # noqa: FBT003 - the same
            CurrentExpandCollapseState=lambda: int(get()),
        )
    }


def chooses(get: Callable[[], bool], put: Callable[[], None]) -> dict[int, Pattern]:
    """What is one of several."""
    return {10010: Pattern(Select=put, CurrentIsSelected=get), 10017: Pattern(ScrollIntoView=lambda: None)}
