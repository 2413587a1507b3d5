"""Verbs on programs made with GTK 3, GTK 4 and Qt."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from datetime import timedelta

import pytest

from activities.drivers.desktop.session import DrivenDesktop
from activities.sessions.control import Control
from activities.sessions.desktop import Launch, State, Stroke
from tests.support.stage import Stage
from tests.support.toolkit import target
from workflows.errors import ApplicationFailedError, ElementNotFoundError

EDITOR = target(control_type="Edit")
DISPLAY = target(class_name="GtkSourceView")
ENTRY = target(control_type="Edit", found_index=2)
HISTORY = target(control_type="Edit", found_index=1)


async def shows(session: DrivenDesktop, where: Control, text: str, *, within: float = 60) -> None:
    """Wait until a field shows a text."""
    async with asyncio.timeout(within):
        while text not in await session.get_value(where):  # noqa: ASYNC110 - a condition of another process
            await asyncio.sleep(0.05)


async def reckons(session: DrivenDesktop, sum_: str, result: str) -> None:
    """Have a sum worked out; Qt 5 does not say whether it was listening, so what it shows is looked at."""
    await session.set_value(ENTRY, sum_)
    for _ in range(3):
        await session.send_keys("{Enter}", ENTRY)
        with suppress(TimeoutError):
            await shows(session, HISTORY, result, within=5)
            return
    await shows(session, HISTORY, result)


async def test_gtk4_buttons_are_pressed_by_the_names_on_them(stage: Stage) -> None:
    session = await stage.session("calculator")
    await session.set_value(DISPLAY, "")

    for name in ("7", "8", "×", "2"):  # noqa: RUF001 - as it is on the button
        await session.invoke(target(control_type="Button", name=name))
    await session.invoke(target(control_type="Button", name="="))

    await shows(session, DISPLAY, "156")


async def test_gtk4_controls_are_where_they_say(stage: Stage) -> None:
    session = await stage.session("calculator")
    await session.set_value(DISPLAY, "")
    rect = await session.rect(target(control_type="Button", name="9"))

    await session.invoke(target(control_type="Button", name="9"), Stroke(at=(rect.width - 3, rect.height - 3)))
    await session.invoke(target(control_type="Button", name="9"), Stroke(count=2))

    await shows(session, DISPLAY, "999")


async def test_a_gtk4_menu_that_pops_up_is_walked(stage: Stage) -> None:
    session = await stage.session("calculator")

    await session.menu(["Basic", "Financial"])
    await session.wait(target(name="Ctrm"), State.VISIBLE)
    await session.menu(["Financial", "Basic"])

    await session.wait_gone(target(name="Ctrm"))


async def test_gtk3_text_is_typed_as_it_is_whatever_its_characters(stage: Stage) -> None:
    session = await stage.session("editor")
    text = "Grüße {Ctrl}a 12 € – „Zitat“ 漢字 žščřďťňĺľŕąęćłśźżő Ωλ 😀\n\tend"  # noqa: RUF001 - any characters
    await session.set_value(EDITOR, "")

    await session.type(text, EDITOR)

    await shows(session, EDITOR, "end")
    assert text == await session.get_value(EDITOR)


async def test_gtk3_takes_keys_and_the_clipboard(stage: Stage) -> None:
    session = await stage.session("editor")
    await session.set_value(EDITOR, "first")

    await session.send_keys("{Ctrl}a{Ctrl}c{End}{Enter}", EDITOR)
    await shows(session, EDITOR, "first\n")
    copied = await session.read_clipboard()
    await session.write_clipboard("Grüße 漢字 " + "x" * 300_000)
    await session.send_keys("{Ctrl}a{Ctrl}v", EDITOR)

    assert "first" == copied
    await shows(session, EDITOR, "Grüße 漢字 xxx")
    assert 300_009 == len(await session.get_value(EDITOR))


async def test_the_clipboard_outlives_whoever_wrote_it(stage: Stage) -> None:
    await stage.desktop().write_clipboard("kept")
    successor = await type(stage.toolkit).connect(stage.station.environment)  # type: ignore[attr-defined]

    try:
        assert "kept" == await successor.read_clipboard()
    finally:
        await successor.close()


async def test_a_reference_means_the_same_to_a_successor(stage: Stage) -> None:
    session = await stage.session("editor")
    found = await session.find(EDITOR)
    successor = await type(stage.toolkit).connect(stage.station.environment)  # type: ignore[attr-defined]

    try:
        await successor.set_value(found.ref, "by the successor")
    finally:
        await successor.close()

    assert "by the successor" == await session.get_value(EDITOR)


async def test_qt_takes_values_keys_and_menus(stage: Stage) -> None:
    session = await stage.session("crunch")

    await reckons(session, "6*7", "= 42")
    await session.menu(["Settings", "Result Format", "Hexadecimal"])

    await reckons(session, "255", "= 0xFF")
    await session.menu(["Settings", "Result Format", "Decimal", "General"])


async def test_a_dialog_that_keeps_its_program_from_answering_does_not_hold_up_the_step(stage: Stage) -> None:
    session = await stage.session("crunch")

    await session.menu(["Help", "About SpeedCrunch"])
    about = target(control_type="Window", sub_name="About")
    await session.wait(about, State.VISIBLE)
    await session.invoke(
        target(control_type="Button", name="Close", within={"control_type": "Window", "sub_name": "About"})
    )

    await session.wait_gone(about)


async def test_a_program_that_quits_because_it_was_told_to_was_told(stage: Stage) -> None:
    session = await stage.session("crunch")

    await session.menu(["Session", "Quit"])

    await session.wait_gone(target(control_type="Window"))
    with pytest.raises(ApplicationFailedError, match="ended with exit code 0"):
        await session.find(ENTRY)


async def test_a_program_is_closed_by_its_windows(stage: Stage) -> None:
    session = await stage.session("rows")

    await session.close()

    assert stage.station.ending(stage.station.apps["rows"]) is not None


async def test_a_program_that_asks_before_it_closes_is_told_with_its_question(stage: Stage) -> None:
    own = {"XDG_CONFIG_HOME": str(stage.station.folder / "own"), "XDG_DATA_HOME": str(stage.station.folder / "own")}
    await stage.desktop().launch(Launch("mousepad", ["--disable-server"], environment=own), "unsaved")
    await stage.desktop().app("unsaved").set_value(EDITOR, "not saved")

    with pytest.raises(
        ApplicationFailedError, match=r"Do you want to save the changes.*answer it, or close with force"
    ):
        await stage.desktop(seconds=8).app("unsaved").close()
    await stage.desktop().app("unsaved").invoke(target(name="Don't Save"))

    await stage.desktop().app("unsaved").wait_gone(target(control_type="Window"))


async def test_a_program_that_hangs_is_told_so_and_holds_up_nobody_else(stage: Stage) -> None:
    form = await stage.session("form")
    await stage.session("scale")
    pid = stage.station.apps["scale"]
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises((ApplicationFailedError, ElementNotFoundError), match=r"does not answer|shows no window"):
            await stage.desktop(seconds=3).app("scale").find(target(control_type="Slider"))
        async with asyncio.timeout(30):
            await form.find(target(name="Supplier", control_type="Edit"))
    finally:
        os.kill(pid, signal.SIGCONT)

    assert await stage.desktop().app("scale").exists(target(control_type="Slider"), within=timedelta(seconds=60))


async def test_a_program_that_crashed_is_told_with_how_it_ended(stage: Stage) -> None:
    await stage.desktop().launch(Launch("zenity", ["--info", "--text=Hello"]), "doomed")
    session = stage.desktop().app("doomed")

    os.kill(stage.station.apps["doomed"], signal.SIGKILL)

    with pytest.raises(ApplicationFailedError, match="program 'doomed' was ended by SIGKILL") as caught:
        await session.invoke(target(name="OK"))
    assert caught.value.acted is False


async def test_a_program_that_does_not_start_is_told_at_once(stage: Stage) -> None:
    with pytest.raises(ApplicationFailedError, match="cannot be started on this robot: No such file"):
        await stage.desktop().launch(Launch("no-such-program"), "none")
    with pytest.raises(ApplicationFailedError, match="ended with exit code 1 before it showed a window"):
        await stage.desktop().launch(Launch("false"), "none")


async def test_a_window_that_is_there_is_worked_with(stage: Stage) -> None:
    await stage.session("form")

    app = await stage.desktop().attach(target(control_type="Window", name="Invoice"), "attached")

    assert (stage.station.apps["form"], "Invoice") == (app.pid, app.title)
    assert await stage.desktop().app("attached").exists(target(name="Supplier"))


async def test_pictures_are_of_the_screen_or_of_a_control(stage: Stage) -> None:
    session = await stage.session("form")
    rect = await session.rect(target(name="OK"))

    whole, part = await session.screenshot(), await session.screenshot(target(name="OK"))

    assert (1280, 800) == size(whole)
    assert (rect.width, rect.height) == size(part)


def size(png: bytes) -> tuple[int, int]:
    """How large a picture is."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


async def test_a_busy_program_gets_what_was_typed_as_it_was_typed(stage: Stage) -> None:
    """There are fewer spare keys than characters here: they come to mean others while it is held up."""
    session = await stage.session("editor")
    pid = stage.station.apps["editor"]
    text = "".join(map(chr, range(0x4E00, 0x4E40)))
    await session.set_value(EDITOR, "")
    await session.type("-", EDITOR)

    typing = asyncio.ensure_future(session.type(text))
    await asyncio.sleep(0)
    for _ in range(3):
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(0.4)
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0.05)
    await typing

    assert f"-{text}" == await session.get_value(EDITOR)
