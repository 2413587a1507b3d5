"""What is done to one control by what its program offers, without mouse and keyboard."""

from __future__ import annotations

from typing import Any

from activities.drivers.desktop.toolkit import UnsupportedError
from activities.drivers.desktop.windows import win32
from activities.drivers.desktop.windows.look import pattern, value_of

_OF_LISTS = frozenset({"DataItem", "ListItem", "TreeItem"})
_COLLAPSED, _LEAF = 0, 3
_WRITTEN = frozenset({"ComboBox", "DataItem", "Document", "Edit"})


def invoke(control: Any) -> None:  # noqa: ANN401 - of an untyped library
    """Press it.

    Items of lists are left to the mouse: what programs offer for them is what a double click does.
    """
    if _kind(control) in _OF_LISTS:
        raise UnsupportedError("an item of a list is clicked with the mouse")
    if (press := pattern(control, "Invoke")) is not None:
        _insist(press.Invoke(waitTime=0), "be pressed")
    elif (old := pattern(control, "LegacyIAccessible")) is not None and old.DefaultAction:
        _insist(old.DoDefaultAction(waitTime=0), "be pressed")
    elif (fold := pattern(control, "ExpandCollapse")) is not None and fold.ExpandCollapseState != _LEAF:
        unfold(control, unfolded=fold.ExpandCollapseState == _COLLAPSED)
    else:
        raise UnsupportedError("it cannot be pressed without a mouse")


def set_value(control: Any, value: str) -> None:  # noqa: ANN401 - the same
    """Write into a field, or set a scale."""
    if (field := pattern(control, "Value")) is not None and not field.IsReadOnly:
        _insist(field.SetValue(value, waitTime=0), "take a value")
    elif (scale := pattern(control, "RangeValue")) is not None and not scale.IsReadOnly:
        _insist(scale.SetValue(_number(value, scale), waitTime=0), "take a value")
    elif _kind(control) in _WRITTEN and field is None and (old := pattern(control, "LegacyIAccessible")) is not None:
        _insist(old.SetValue(value, waitTime=0), "take a value")
    else:
        raise UnsupportedError("it takes no value but from the keyboard, or none at all")


def toggle(control: Any) -> None:  # noqa: ANN401 - the same
    """Switch it once."""
    if (switch := pattern(control, "Toggle")) is not None:
        _insist(switch.Toggle(waitTime=0), "be switched")
    elif (item := pattern(control, "SelectionItem")) is not None:
        _insist(item.Select(waitTime=0), "be chosen")
    else:
        raise UnsupportedError("it cannot be switched without a mouse")


def select(control: Any) -> None:  # noqa: ANN401 - the same
    """Select it alone."""
    if (place := pattern(control, "ScrollItem")) is not None:
        place.ScrollIntoView(waitTime=0)
    item = pattern(control, "SelectionItem")
    if item is None:
        raise UnsupportedError("it cannot be selected without a mouse")
    _insist(item.Select(waitTime=0), "be selected")


def unfold(control: Any, *, unfolded: bool) -> None:  # noqa: ANN401 - the same
    """Open what it holds, or close it."""
    fold = pattern(control, "ExpandCollapse")
    if fold is None:
        raise UnsupportedError("it cannot be unfolded")
    done = fold.Expand(waitTime=0) if unfolded else fold.Collapse(waitTime=0)
    _ = control.ControlType  # the library swallows what went wrong; one that is gone says so here
    _insist(done, "be unfolded" if unfolded else "be folded")


def focus(control: Any, window: int) -> None:  # noqa: ANN401 - the same
    """Bring its window to the front, and the keyboard to it; a window gives it to what had it last."""
    win32.bring_to_front(window)
    if control.NativeWindowHandle != window and not control.SetFocus():
        _ = control.ControlType
        raise UnsupportedError("it does not take the keyboard")


def reveal(control: Any, window: int) -> None:  # noqa: ANN401 - the same
    """Bring its window to the front, and itself into view."""
    win32.bring_to_front(window)
    if (item := pattern(control, "ScrollItem")) is not None:
        item.ScrollIntoView(waitTime=0)


def close(control: Any) -> None:  # noqa: ANN401 - the same
    """Close a window."""
    if (window := pattern(control, "Window")) is not None:
        _insist(window.Close(waitTime=0), "be closed")
    elif handle := control.NativeWindowHandle:
        win32.ask_to_close(handle)
    else:
        raise UnsupportedError("it is no window")


def rows(control: Any, most: int) -> list[list[str]]:  # noqa: ANN401 - the same
    """The cells of a grid, or of the items of a list; the titles of its columns come first."""
    grid = pattern(control, "Grid")
    titles = _titles(control)
    if grid is None:
        cells = [_cells(item) for item in _items(control, most)]
        if not cells and not titles:
            raise UnsupportedError("it is no table")
        return ([titles] if titles else []) + cells
    columns = range(grid.ColumnCount)
    found = [[_text(grid.GetItem(row, column)) for column in columns] for row in range(min(grid.RowCount, most))]
    return ([titles] if titles else []) + found


def _titles(control: Any) -> list[str]:  # noqa: ANN401 - the same
    table = pattern(control, "Table")
    return [] if table is None else [title.Name for title in table.GetColumnHeaders()]


def _items(control: Any, most: int) -> list[Any]:  # noqa: ANN401 - the same
    items: list[Any] = []
    child = control.GetFirstChildControl()
    while child is not None and len(items) < most:
        if _kind(child) in _OF_LISTS:
            items.append(child)
        child = child.GetNextSiblingControl()
    return items


def _cells(item: Any) -> list[str]:  # noqa: ANN401 - the same
    return [_text(cell) for cell in item.GetChildren()] or [_text(item)]


def _text(cell: Any) -> str:  # noqa: ANN401 - the same
    """A cell that was never filled may not be there at all."""
    return "" if cell is None else value_of(cell)


def _kind(control: Any) -> str:  # noqa: ANN401 - the same
    return str(control.ControlTypeName).removesuffix("Control")


def _number(value: str, scale: Any) -> float:  # noqa: ANN401 - the same
    try:
        number = float(value)
    except ValueError:
        raise UnsupportedError(f"it takes numbers, not {value!r}") from None
    if not scale.Minimum <= number <= scale.Maximum:
        raise UnsupportedError(f"it takes numbers from {scale.Minimum:g} to {scale.Maximum:g}, not {value}")
    return number


def _insist(done: bool, what: str) -> None:  # noqa: FBT001 - what the library returns
    if not done:
        raise UnsupportedError(f"it refuses to {what}")
