"""Programs as Windows has them, as far as UI Automation shows them: an editor and a calculator."""

from __future__ import annotations

from functools import partial
from itertools import count

from activities.drivers.desktop.toolkit import Toolkit
from activities.sessions.desktop import Facts
from tests.support.uia import Element, Elements, Pattern, chooses, holds, invokes, switches, unfolds
from tests.support.win32 import Windows

_HANDLES = count(0x20A00)
_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def window(windows: Windows, name: str, children: list[Element], *, pid: int, class_name: str) -> Element:
    """A window that can be closed."""
    own = Element(
        "Window", name, children, NativeWindowHandle=next(_HANDLES), ProcessId=pid, ClassName=class_name
    )  # fmt: skip
    own.patterns[10009] = Pattern(Close=lambda: windows.root.remove(own))
    return windows.show(own)


class Editor:
    """A field for text with a menu, options, a list, a scale and a table."""

    def __init__(self, windows: Windows, *, pid: int) -> None:
        self.text = ""
        self.wraps = False
        self.font = "Arial"
        self.zoom = 100.0
        self.saved: list[str] = []
        self._windows = windows
        self._all = False
        self._menu: Element | None = None
        self.document = Element(
            "Document", "Text editor", patterns=holds(lambda: self.text, self._put), AutomationId="15", OnKey=self._type
        )
        self.file = Element("MenuItem", "File", patterns=unfolds(lambda: self._menu is not None, self._open_menu))
        self.wrap = Element("CheckBox", "Word wrap", patterns=switches(lambda: self.wraps, self._wrap))
        self.fonts = Element("List", "Fonts", [self._item(name) for name in ("Arial", "Courier", "Times")])
        self.scale = Element("Slider", "Zoom", patterns={10003: self._scale()})
        self.table = Element(
            "Table", "Recent files", patterns=_grid([["a.txt", "3 KB"], ["b.txt", ""]], ["Name", "Size"])
        )
        self.status = Element("Text", "Ln 1,  Col 1")
        self.disabled = Element("Button", "Print", patterns=invokes(lambda: None), IsEnabled=0)
        self.window = window(
            windows,
            "Untitled - Editor",
            [
                self.document, Element("MenuBar", "Application", [self.file]), self.wrap, self.fonts, self.scale,
                self.table, self.status, self.disabled,
            ],
            pid=pid,
            class_name="Notepad",
        )  # fmt: skip

    def _put(self, text: str) -> None:
        self.text = text

    def _type(self, key: str) -> None:
        if key == "Ctrl+a":
            self._all = True
        elif key == "Ctrl+s":
            self.saved.append(self.text)
        elif key not in {"Ctrl+End", "Esc"}:
            before = "" if self._all else self.text
            self._all = False
            typed = {"Enter": "\n", "Tab": "\t", "Delete": "", "Ctrl+v": self._windows.clipboard}
            self.text = before + typed.get(key, key)

    def _open_menu(self, opened: bool) -> None:  # noqa: FBT001 - it is open
        if opened and self._menu is None:
            save = Element("MenuItem", "Save", patterns=invokes(self._save))
            pid = self.window.facts["ProcessId"]
            self._menu = Element("Menu", "File", [save], NativeWindowHandle=next(_HANDLES), ProcessId=pid)
            self._windows.show(self._menu)
        elif not opened and self._menu is not None:
            self._windows.root.remove(self._menu)
            self._menu = None

    def _save(self) -> None:
        self.saved.append(self.text)
        self._open_menu(False)  # noqa: FBT003 - it is not open

    def _wrap(self) -> None:
        self.wraps = not self.wraps

    def _item(self, name: str) -> Element:
        return Element(
            "ListItem", name, patterns=chooses(lambda: self.font == name, lambda: setattr(self, "font", name))
        )

    def _scale(self) -> Pattern:
        return Pattern(
            SetValue=lambda value: setattr(self, "zoom", value),
            CurrentValue=lambda: self.zoom,
            CurrentMinimum=lambda: 10.0,
            CurrentMaximum=lambda: 500.0,
            CurrentIsReadOnly=lambda: 0,
        )


class Calculator:
    """Adds and multiplies; as a packaged app it has its window drawn by Windows."""

    def __init__(self, windows: Windows, *, pid: int, frame_pid: int) -> None:
        self._entered = ""
        self.display = Element("Text", "Display is 0", AutomationId="CalculatorResults")
        keys = {name: str(digit) for digit, name in enumerate(_DIGITS)} | {"Multiply by": "*", "Plus": "+"}
        buttons = [
            Element("Button", name, patterns=invokes(partial(self._press, key)), AutomationId=f"key{key}")
            for name, key in keys.items()
        ]
        equals = Element("Button", "Equals", patterns=invokes(self._work_out))
        core = Element(
            "Window", "Calculator", [self.display, Element("Group", "Number pad", [*buttons, equals])],
            NativeWindowHandle=next(_HANDLES), ProcessId=pid, ClassName="Windows.UI.Core.CoreWindow",
        )  # fmt: skip
        self.window = window(windows, "Calculator", [core], pid=frame_pid, class_name="ApplicationFrameWindow")

    def _press(self, key: str) -> None:
        self._show(self._entered + key)

    def _work_out(self) -> None:
        terms = [term.split("*") for term in self._entered.split("+")]
        total = 0
        for term in terms:
            product = 1
            for factor in term:
                product *= int(factor)
            total += product
        self._show(str(total))

    def _show(self, text: str) -> None:
        self._entered = text
        self.display.facts["Name"] = f"Display is {text}"


def _grid(rows: list[list[str]], titles: list[str]) -> dict[int, Pattern]:
    cells = [[Element("DataItem", text) if text else None for text in row] for row in rows]
    return {
        10006: Pattern(
            CurrentRowCount=lambda: len(rows),
            CurrentColumnCount=lambda: len(titles),
            GetItem=lambda row, column: cells[row][column],
        ),
        10012: Pattern(GetCurrentColumnHeaders=lambda: Elements(Element("HeaderItem", title) for title in titles)),
    }


async def find(toolkit: Toolkit, name: str) -> Facts:
    """Look through all windows."""
    left = list(await toolkit.windows())
    while left:
        facts = left.pop(0)
        if facts.name == name:
            return facts
        left += await toolkit.children(facts.ref)
    raise AssertionError(f"no control is called {name!r}")
