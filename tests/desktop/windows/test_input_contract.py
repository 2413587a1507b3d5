"""Keyboard, mouse and clipboard of Windows by the real library `uiautomation`, where a stand-in is all that listens.

This is an API contract: it shows that the library is called as it wants to be, and nothing of Windows.
"""

from __future__ import annotations

import pytest

from activities.drivers.desktop.windows.toolkit import UiaToolkit
from tests.support.win32 import Windows
from tests.support.windows_programs import Editor, find
from workflows.errors import InvalidParamsError, MachineError, SessionUnavailableError


async def test_keys_and_text_arrive_where_the_keyboard_is(
    toolkit: UiaToolkit, editor: Editor, session: Windows
) -> None:
    document = await find(toolkit, "Text editor")

    await toolkit.focus(document.ref)
    await toolkit.type("{a}b\n\tÜ 😀")
    await toolkit.keys("{Ctrl}s")

    units = "😀".encode("utf-16-le")
    assert "{a}b\n\tÜ " + "".join(chr(int.from_bytes(units[at : at + 2], "little")) for at in (0, 2)) == editor.text
    assert [editor.text] == editor.saved
    assert set() == session.held
    assert ("SwitchToThisWindow", (editor.window.facts["NativeWindowHandle"], 1)) in session.calls


async def test_keys_that_do_not_exist_are_an_error_before_any_is_pressed(toolkit: UiaToolkit, editor: Editor) -> None:
    await toolkit.focus((await find(toolkit, "Text editor")).ref)

    with pytest.raises(InvalidParamsError, match="Entre"):
        await toolkit.keys("x{Entre}")

    assert "" == editor.text


async def test_the_mouse_clicks_and_drags(toolkit: UiaToolkit, session: Windows) -> None:
    await toolkit.click(30, 40, "right", 1)
    await toolkit.click(-5, 6, "left", 2)
    await toolkit.drag((1, 2), (3, 4))

    assert [
        ("right", 30, 40), ("right up", 30, 40), ("left", -5, 6), ("left up", -5, 6), ("left", -5, 6),
        ("left up", -5, 6), ("left", 1, 2), ("left up", 3, 4),
    ] == session.clicks  # fmt: skip


async def test_the_clipboard_holds_any_text(toolkit: UiaToolkit, session: Windows) -> None:
    await toolkit.write_clipboard("12 € 😀\nÄ")

    assert "12 € 😀\nÄ" == await toolkit.read_clipboard()
    assert not session.clipboard.endswith("\0")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"session": 0}, "session 0, where services live"),
        ({"state": 4}, "disconnected.*tscon 1 /dest:console"),
        ({"state": 1}, "nobody is logged on"),
        ({"input_desktop": "Winlogon"}, "locked"),
        ({"input_desktop": ""}, "locked"),
    ],
)
async def test_keys_are_refused_where_they_reach_no_desktop(
    toolkit: UiaToolkit, session: Windows, facts: dict[str, object], reason: str
) -> None:
    vars(session).update(facts)

    with pytest.raises(SessionUnavailableError, match=reason) as refusal:
        await toolkit.keys("x")
    with pytest.raises(SessionUnavailableError, match=f"no picture.*{reason}"):
        await toolkit.screenshot(None)

    assert refusal.value.acted is False


async def test_keys_that_windows_does_not_let_through_are_an_error(toolkit: UiaToolkit, session: Windows) -> None:
    session.lets_keys_through = False

    with pytest.raises(MachineError, match="administrator"):
        await toolkit.type("x")
