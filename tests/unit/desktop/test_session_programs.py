"""What a step does with whole programs, and what it says of those that end or hang."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activities.drivers.desktop.session import DrivenDesktop
from activities.sessions.desktop import Facts, Launch
from tests.support.toolkit import SHORT, MadeUp, Place, Widget, desktop, target
from workflows.errors import (
    AetherError,
    ApplicationFailedError,
    InvalidParamsError,
    SessionLostError,
)


async def test_a_program_that_has_ended_is_told_with_how() -> None:
    place = Place()
    session, toolkit = desktop(place=place)
    toolkit.shown.clear()
    place.how = "ended with exit code 3"

    with pytest.raises(ApplicationFailedError, match="program 'app' ended with exit code 3") as caught:
        await session.invoke(target(name="Save"))

    assert caught.value.acted is False
    assert not await session.exists(target(name="Save"))
    await session.wait_gone(target(name="Save"))


async def test_a_program_that_ends_while_it_is_used_leaves_the_outcome_open() -> None:
    place = Place()
    session, toolkit = desktop(Widget("Edit", "Amount", value=""), place=place)

    async def crash(_: str) -> None:
        toolkit.shown.clear()
        place.how = "was ended by SIGSEGV"
        toolkit.silent = True
        await toolkit.facts("gone")

    toolkit.keys = crash  # type: ignore[method-assign,assignment]  # the program crashes when it gets keys

    with pytest.raises(AetherError) as caught:
        await session.send_keys("{Enter}", target(name="Amount"))

    assert caught.value.acted is None


async def test_a_program_that_ends_well_because_it_was_pressed_was_pressed() -> None:
    place = Place()
    quitting = Widget("MenuItem", "Quit")
    session, toolkit = desktop(quitting, place=place)

    def quit_it() -> None:
        place.how = "ended with exit code 0"
        toolkit.silent = True
        toolkit._at("gone")  # noqa: SLF001 - it does not answer any more

    quitting.on_press = quit_it

    await session.invoke(target(name="Quit"))

    assert [("press", "Quit")] == toolkit.done


async def test_a_program_that_does_not_answer_is_told_so() -> None:
    session, toolkit = desktop(Widget("Edit", "Amount", value=""), seconds=SHORT)

    async def silent(_: str) -> list[Facts]:
        toolkit.silent = True
        return [toolkit._at("").told()]  # noqa: SLF001 - it does not answer

    toolkit.children = silent  # type: ignore[method-assign,assignment]  # it hangs when it is asked

    with pytest.raises(ApplicationFailedError, match="does not answer"):
        await session.find(target(name="Amount"))


async def test_a_desktop_that_is_gone_is_told_so() -> None:
    place = Place()
    place.lost = "its X server ended"
    session, _ = desktop(place=place)

    for call in (session.screenshot(), session.find(target(name="x")), session.read_clipboard()):
        with pytest.raises(SessionLostError, match="its X server ended"):
            await call


async def test_a_program_is_named_as_the_document_names_it() -> None:
    session, _ = desktop(Widget("Button", "Save"))

    with pytest.raises(InvalidParamsError, match="no program is called 'mail'; launched or attached are: 'app'"):
        await session.app("mail").find(target(name="Save"))

    assert "Save" == (await session.app("app").find(target(name="Save"))).name


async def test_a_program_is_closed_and_one_that_asks_back_is_told_with_its_question() -> None:
    place = Place()
    session, toolkit = desktop(place=place, seconds=1.5)
    toolkit.shown[0].name = "stubborn"
    toolkit.shown.append(Widget("Window", "stubborn too", [Widget("Text", "Save changes?"), Widget("Button", "No")]))

    with pytest.raises(
        ApplicationFailedError, match=r"'stubborn too' with 'Save changes\?', 'No': answer it"
    ) as caught:
        await session.close()
    await DrivenDesktop(toolkit, place, timeout=timedelta(seconds=1)).close(force=True)

    assert caught.value.acted is True
    assert [7] == place.killed


async def test_a_program_that_shows_no_window_is_ended_and_one_that_is_missing_told() -> None:
    place = Place()
    toolkit = MadeUp()
    session = DrivenDesktop(toolkit, place, timeout=timedelta(seconds=SHORT))

    with pytest.raises(ApplicationFailedError, match="did not show a window in time and was ended"):
        await session.launch(Launch("sleepy"), "new")
    with pytest.raises(ApplicationFailedError, match=r"'missing' cannot be started.*No such file"):
        await session.launch(Launch("missing"), "new")

    assert [7] == place.killed


async def test_keys_go_to_a_window_of_the_program_where_no_control_is_named() -> None:
    session, toolkit = desktop()

    await session.send_keys("{Ctrl}s")
    await session.type("{as it is}")

    assert [("keys", "{Ctrl}s"), ("type", "{as it is}")] == toolkit.done
    assert toolkit.shown[0] is toolkit.focused


async def test_keys_that_cannot_be_read_are_refused_before_anything_is_done() -> None:
    session, toolkit = desktop()

    with pytest.raises(InvalidParamsError, match="a key 'Entr'"):
        await session.send_keys("abc{Entr}")

    assert [] == toolkit.done
