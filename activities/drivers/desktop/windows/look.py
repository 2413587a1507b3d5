"""What a program says of one of its controls."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from activities.drivers.desktop.windows import win32
from activities.drivers.desktop.windows.automation import loaded
from activities.sessions.desktop import Facts, Rect

Pattern: TypeAlias = Literal[
    "ExpandCollapse", "Grid", "Invoke", "LegacyIAccessible", "RangeValue", "ScrollItem", "Selection", "SelectionItem",
    "Table", "Text", "Toggle", "Value", "Window",
]  # fmt: skip

_CHECKABLE = frozenset({"Button", "CheckBox", "DataItem", "ListItem", "MenuItem", "TreeItem"})
_SELECTABLE = frozenset({"DataItem", "ListItem", "RadioButton", "TabItem", "TreeItem"})
_UNFOLDABLE = frozenset({"Button", "ComboBox", "DataItem", "Group", "ListItem", "MenuItem", "SplitButton", "TreeItem"})
_OF_LISTS = frozenset({"DataItem", "ListItem", "TreeItem"})
_COLLAPSED, _LEAF = 0, 3
_ON = 1
_LONGEST_TEXT = 1_000_000
"""Characters."""


def pattern(control: Any, name: Pattern) -> Any:  # noqa: ANN401 - of an untyped library
    """One of the things a control can do; None if it cannot."""
    library = loaded()
    found = control.GetPattern(getattr(library.PatternId, f"{name}Pattern"))
    if found is None:
        _ = control.ControlType  # the library does not tell a control that is gone from one that cannot
    return found


def facts_of(control: Any, ref: str) -> Facts:  # noqa: ANN401 - the same
    """Ask for all of it."""
    kind = control.ControlTypeName.removesuffix("Control")
    selected = _selected(control) if kind in _SELECTABLE else None
    return Facts(
        ref=ref,
        control_type=kind,
        name=" ".join(control.Name.split()),
        automation_id=control.AutomationId or "",
        class_name=control.ClassName or "",
        enabled=bool(control.IsEnabled),
        visible=_visible(control, kind),
        checked=selected if kind == "RadioButton" else _checked(control) if kind in _CHECKABLE else None,
        selected=selected,
        expanded=_expanded(control) if kind in _UNFOLDABLE else None,
        focused=control.HasKeyboardFocus or win32.in_front(control.NativeWindowHandle),
        pid=_process(control),
        children=int(control.GetFirstChildControl() is not None),
    )


def rect_of(control: Any) -> Rect:  # noqa: ANN401 - the same
    """Where it is, once what is scrolled away was brought back."""
    if control.IsOffscreen and (item := pattern(control, "ScrollItem")) is not None:
        item.ScrollIntoView(waitTime=0)
    place = control.BoundingRectangle
    return Rect(x=place.left, y=place.top, width=place.width(), height=place.height())


def value_of(control: Any) -> str:  # noqa: ANN401 - the same
    """What a field holds, else what a control is called."""
    if (field := pattern(control, "Value")) is not None:
        return str(field.Value or "")
    if (scale := pattern(control, "RangeValue")) is not None:
        return _number(scale.Value)
    if (text := pattern(control, "Text")) is not None:
        return str(text.DocumentRange.GetText(_LONGEST_TEXT)).replace("\r\n", "\n").replace("\r", "\n")
    if (choice := pattern(control, "Selection")) is not None and (chosen := choice.GetSelection()):
        return ", ".join(item.Name for item in chosen)
    return str(control.Name)


def _visible(control: Any, kind: str) -> bool:  # noqa: ANN401 - the same
    if not control.IsOffscreen:
        return True
    if kind in _OF_LISTS and pattern(control, "ScrollItem") is not None:
        return True
    return kind == "Window" and bool(handle := control.NativeWindowHandle) and win32.minimised(handle)


def _checked(control: Any) -> bool | None:  # noqa: ANN401 - the same
    switch = pattern(control, "Toggle")
    return None if switch is None else switch.ToggleState == _ON


def _selected(control: Any) -> bool | None:  # noqa: ANN401 - the same
    item = pattern(control, "SelectionItem")
    return None if item is None else bool(item.IsSelected)


def _expanded(control: Any) -> bool | None:  # noqa: ANN401 - the same
    fold = pattern(control, "ExpandCollapse")
    state = _LEAF if fold is None else fold.ExpandCollapseState
    return None if state == _LEAF else state != _COLLAPSED


def _process(control: Any) -> int:  # noqa: ANN401 - the same
    """The program a control is of; windows that Windows draws around a packaged app are the app's."""
    handle = control.NativeWindowHandle
    return (win32.owner(handle) if handle else 0) or int(control.ProcessId)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else str(value)
