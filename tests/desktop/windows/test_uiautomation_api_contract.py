"""The Windows toolkit on the real library `uiautomation`, whose COM objects and Win32 functions are stand-ins.

This is an API contract: it shows that the library is called as it wants to be, and nothing of Windows.
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event

import pytest

from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from activities.drivers.desktop.windows.toolkit import UiaToolkit
from activities.sessions.desktop import Rect
from tests.support.uia import COMError, Element, Pattern, Rectangle, holds
from tests.support.win32 import Windows
from tests.support.windows_programs import Calculator, Editor, find


async def test_windows_are_told_with_their_program_and_class(toolkit: UiaToolkit, editor: Editor) -> None:
    (window,) = await toolkit.windows()

    assert ("Window", "Untitled - Editor", "Notepad", 4711) == (
        window.control_type, window.name, window.class_name, window.pid
    )  # fmt: skip
    assert editor.window.facts["NativeWindowHandle"] == int(window.ref.partition(":")[2], 16)


async def test_a_control_says_what_it_is_and_how_it_is(toolkit: UiaToolkit, editor: Editor) -> None:
    editor.wraps = True

    document = await find(toolkit, "Text editor")
    wrap = await find(toolkit, "Word wrap")
    arial, times = await find(toolkit, "Arial"), await find(toolkit, "Times")
    file, disabled = await find(toolkit, "File"), await find(toolkit, "Print")

    assert ("Document", "15", True, True) == (
        document.control_type, document.automation_id, document.enabled, document.visible
    )  # fmt: skip
    assert (True, None) == (wrap.checked, wrap.selected)
    assert (True, False) == (arial.selected, times.selected)
    assert (False, None) == (file.expanded, wrap.expanded)
    assert not disabled.enabled


async def test_blanks_in_a_name_count_as_one(toolkit: UiaToolkit, editor: Editor) -> None:
    editor.status.facts["Name"] = " Ln  1,\n Col 1 "

    assert "Ln 1, Col 1" == (await find(toolkit, "Ln 1, Col 1")).name


async def test_a_packaged_app_is_found_by_its_own_process(toolkit: UiaToolkit, session: Windows) -> None:
    Calculator(session, pid=5000, frame_pid=900)

    (window,) = await toolkit.windows()

    assert 5000 == window.pid
    assert 5000 == (await find(toolkit, "Seven")).pid


async def test_buttons_are_pressed(toolkit: UiaToolkit, session: Windows) -> None:
    calculator = Calculator(session, pid=5000, frame_pid=900)

    for name in ("Six", "Multiply by", "Seven", "Equals"):
        await toolkit.invoke((await find(toolkit, name)).ref)

    assert "Display is 42" == calculator.display.facts["Name"]
    assert [] == session.clicks


async def test_what_older_programs_offer_is_used_where_there_is_nothing_newer(
    toolkit: UiaToolkit, editor: Editor
) -> None:
    pressed: list[str] = []
    old = Pattern(DoDefaultAction=lambda: pressed.append("Print"), CurrentDefaultAction=lambda: "Press")
    editor.disabled.patterns = {10018: old}

    await toolkit.invoke((await find(toolkit, "Print")).ref)

    assert ["Print"] == pressed


async def test_what_cannot_be_pressed_says_so(toolkit: UiaToolkit, editor: Editor) -> None:
    status = await find(toolkit, editor.status.facts["Name"].replace("  ", " "))
    item = await find(toolkit, "Arial")

    with pytest.raises(UnsupportedError, match="without a mouse"):
        await toolkit.invoke(status.ref)
    with pytest.raises(UnsupportedError, match="clicked with the mouse"):
        await toolkit.invoke(item.ref)


async def test_fields_are_written_and_read(toolkit: UiaToolkit, editor: Editor) -> None:
    document = await find(toolkit, "Text editor")

    await toolkit.set_value(document.ref, "Grüße, 12 €")

    assert "Grüße, 12 €" == editor.text
    assert "Grüße, 12 €" == await toolkit.value(document.ref)


async def test_a_field_that_is_read_only_says_so(toolkit: UiaToolkit, editor: Editor) -> None:
    editor.document.patterns[10002] = Pattern(CurrentIsReadOnly=lambda: 1, CurrentValue=lambda: "as it is")
    document = await find(toolkit, "Text editor")

    with pytest.raises(UnsupportedError, match="takes no value"):
        await toolkit.set_value(document.ref, "other")

    assert "as it is" == await toolkit.value(document.ref)


async def test_text_without_a_value_is_read_as_text(toolkit: UiaToolkit, editor: Editor) -> None:
    del editor.document.patterns[10002]
    editor.text = "one\rtwo\r\nthree"

    assert "one\ntwo\nthree" == await toolkit.value((await find(toolkit, "Text editor")).ref)


async def test_scales_take_numbers_within_their_bounds(toolkit: UiaToolkit, editor: Editor) -> None:
    scale = await find(toolkit, "Zoom")

    await toolkit.set_value(scale.ref, "150")

    assert 150 == editor.zoom
    assert "150" == await toolkit.value(scale.ref)
    with pytest.raises(UnsupportedError, match="from 10 to 500"):
        await toolkit.set_value(scale.ref, "9")
    with pytest.raises(UnsupportedError, match="takes numbers, not 'much'"):
        await toolkit.set_value(scale.ref, "much")


async def test_options_are_switched_and_items_selected(toolkit: UiaToolkit, editor: Editor) -> None:
    await toolkit.toggle((await find(toolkit, "Word wrap")).ref)
    await toolkit.select((await find(toolkit, "Courier")).ref)

    assert (True, "Courier") == (editor.wraps, editor.font)


async def test_a_menu_is_unfolded_into_a_window_of_its_own(toolkit: UiaToolkit, editor: Editor) -> None:
    editor.text = "kept"

    await toolkit.expand((await find(toolkit, "File")).ref, open=True)
    save = await find(toolkit, "Save")
    await toolkit.invoke(save.ref)

    assert 4711 == save.pid
    assert ["kept"] == editor.saved
    assert (await find(toolkit, "File")).expanded is False


async def test_a_table_is_read_with_its_titles(toolkit: UiaToolkit, editor: Editor) -> None:
    table = await find(toolkit, editor.table.facts["Name"])

    assert [["Name", "Size"], ["a.txt", "3 KB"], ["b.txt", ""]] == await toolkit.rows(table.ref, 10)
    assert [["Name", "Size"], ["a.txt", "3 KB"]] == await toolkit.rows(table.ref, 1)


async def test_a_list_without_a_grid_is_a_table_of_its_items(toolkit: UiaToolkit, editor: Editor) -> None:
    fonts = await find(toolkit, editor.fonts.facts["Name"])

    assert [["Arial"], ["Courier"]] == await toolkit.rows(fonts.ref, 2)
    with pytest.raises(UnsupportedError, match="no table"):
        await toolkit.rows((await find(toolkit, "Zoom")).ref, 2)


async def test_the_cells_of_a_sheet_are_found_by_their_names(toolkit: UiaToolkit, editor: Editor) -> None:
    cells = {"B7": Element("DataItem", "21", patterns=holds(lambda: "21"))}
    editor.table.patterns[10026] = Pattern(GetItemByName=cells.get)
    table, successor = await find(toolkit, "Recent files"), UiaToolkit()

    cell = await toolkit.named(table.ref, "B7")

    assert cell is not None
    assert "21" == await successor.value(cell.ref)
    assert await toolkit.named(table.ref, "ZZ9") is None
    successor.close()


async def test_the_place_of_a_control_is_told_once_it_was_scrolled_to(toolkit: UiaToolkit, editor: Editor) -> None:
    item = editor.fonts.find("Times")
    item.facts["IsOffscreen"] = 1
    item.patterns[10017] = Pattern(ScrollIntoView=lambda: item.facts.update(BoundingRectangle=Rectangle(5, 6, 25, 16)))
    times = await find(toolkit, "Times")

    assert times.visible
    assert Rect(5, 6, 20, 10) == await toolkit.rect(times.ref)


async def test_windows_are_closed(toolkit: UiaToolkit, editor: Editor, session: Windows) -> None:
    plain = Editor(session, pid=1)
    del plain.window.patterns[10009]

    for window in await toolkit.windows():
        await toolkit.close_window(window.ref)

    assert [] == await toolkit.windows()
    assert editor.window.gone


async def test_a_control_is_found_again_by_another_process(toolkit: UiaToolkit, editor: Editor) -> None:
    document = await find(toolkit, "Text editor")
    successor = UiaToolkit()

    await successor.set_value(document.ref, "by the successor")

    assert "by the successor" == editor.text
    successor.close()


async def test_what_is_gone_is_stale_for_whoever_knew_it_and_for_others(toolkit: UiaToolkit, editor: Editor) -> None:
    document, successor = await find(toolkit, "Text editor"), UiaToolkit()

    editor.window.remove(editor.document)

    for each in (toolkit, successor):
        for ask in (each.facts, each.value, each.invoke, each.rect):
            with pytest.raises(StaleError):
                await ask(document.ref)
    successor.close()


async def test_a_handle_that_another_program_has_by_now_is_not_mistaken(toolkit: UiaToolkit, editor: Editor) -> None:
    (window,) = await toolkit.windows()
    editor.window.facts["ProcessId"] = 9
    successor = UiaToolkit()

    with pytest.raises(StaleError, match="of process 4711 is gone"):
        await successor.facts(window.ref)
    successor.close()


async def test_references_of_other_systems_are_stale(toolkit: UiaToolkit) -> None:
    with pytest.raises(StaleError, match="no reference"):
        await toolkit.facts(":1.7/org/a11y/atspi/accessible/0")


async def test_programs_that_hang_are_left_out(toolkit: UiaToolkit, editor: Editor, session: Windows) -> None:
    other = Editor(session, pid=12)
    session.hung.add(editor.window.facts["NativeWindowHandle"])

    assert [12] == [window.pid for window in await toolkit.windows()]
    assert other.window.facts["NativeWindowHandle"] not in session.hung


async def test_a_window_that_is_but_an_icon_can_be_worked_with(
    toolkit: UiaToolkit, editor: Editor, session: Windows
) -> None:
    editor.window.facts["IsOffscreen"] = 1
    session.minimised.add(editor.window.facts["NativeWindowHandle"])
    (window,) = await toolkit.windows()

    await toolkit.focus(window.ref)

    assert window.visible
    assert not window.focused
    assert set() == session.minimised
    assert (await toolkit.facts(window.ref)).focused


async def test_a_refusal_of_a_program_says_what_it_said(toolkit: UiaToolkit, editor: Editor) -> None:
    def refuse() -> None:
        raise COMError(-2147220992, "the element is not enabled")

    editor.disabled.patterns = {10000: Pattern(Invoke=refuse)}

    with pytest.raises(UnsupportedError, match="not enabled"):
        await toolkit.invoke((await find(toolkit, "Print")).ref)


async def test_the_library_writes_no_file(
    toolkit: UiaToolkit, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    await find(toolkit, editor.wrap.facts["Name"])
    sys.modules["uiautomation"].Logger.WriteLine("nothing for the disk")

    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 - a look at an empty folder


async def test_a_dialog_that_holds_up_whoever_opened_it_can_be_answered(
    toolkit: UiaToolkit, editor: Editor, session: Windows
) -> None:
    """Some programs say that a button was pressed when the dialog it opened is answered, and not before."""
    answered = Event()
    ok = Element("Button", "OK", patterns={10000: Pattern(Invoke=answered.set)})
    dialog = Editor(session, pid=4711).window

    def ask() -> None:
        dialog.add(ok)
        answered.wait(60)

    editor.disabled.patterns = {10000: Pattern(Invoke=ask)}
    printing = await find(toolkit, "Print")

    await toolkit.invoke(printing.ref)
    await toolkit.invoke((await find(toolkit, "OK")).ref)

    assert answered.is_set()


async def test_a_program_that_hangs_when_it_is_told_something_is_told_to_be_silent(
    toolkit: UiaToolkit, editor: Editor, session: Windows
) -> None:
    over = Event()

    def hang() -> None:
        session.hung.add(editor.window.facts["NativeWindowHandle"])
        over.wait(60)

    editor.disabled.patterns = {10000: Pattern(Invoke=hang)}
    printing = await find(toolkit, "Print")

    with pytest.raises(UnresponsiveError, match="hangs"):
        await toolkit.invoke(printing.ref)

    over.set()
