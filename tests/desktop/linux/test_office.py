"""Verbs on LibreOffice Calc, which draws much of itself and claims to have endless cells."""

from __future__ import annotations

import pytest

from activities.sessions.control import Control
from activities.sessions.desktop import State
from tests.support.stage import Stage
from tests.support.toolkit import target
from workflows.errors import ElementNotReadyError

SHEET = target(control_type="DataGrid")
DIALOG = {"control_type": "Window", "name": "Row Height"}


def cell(name: str) -> Control:
    return target(control_type="DataItem", name=name)


async def test_a_sheet_is_filled_read_and_worked_with_by_menus_and_dialogs(stage: Stage) -> None:
    """One test, since the program takes seconds to start."""
    session = await stage.session("sheet", seconds=90)
    await session.set_value(cell("A1"), "21")
    await session.set_value(cell("B2"), "=A1*2")
    await session.set_value(cell("C3"), "Grüße € 漢字")
    await session.invoke(cell("D5"))
    await session.type("typed\n")

    values = [await session.get_value(cell(name)) for name in ("A1", "B2", "C3", "D5")]
    rows = await session.table(SHEET, most=100)
    await session.menu(["Format", "Rows", "Height"])
    await session.wait(target(**DIALOG), State.VISIBLE)
    await session.toggle(target(control_type="CheckBox", within=DIALOG), on=False)
    await session.invoke(target(name="Cancel", within=DIALOG))
    await session.wait_gone(target(**DIALOG))
    await session.menu(["Tools", "Protect Sheet"])
    await session.invoke(target(name="OK", control_type="Button"))
    with pytest.raises(ElementNotReadyError, match="DataItem 'A1' is read-only"):
        await stage.desktop(seconds=3).app("sheet").set_value(cell("A1"), "22")

    assert ["21", "42", "Grüße € 漢字", "typed"] == values
    assert [
        ["21", "", "", ""],
        ["", "42", "", ""],
        ["", "", "Grüße € 漢字", ""],
        ["", "", "", ""],
        ["", "", "", "typed"],
    ] == rows
