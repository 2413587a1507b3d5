"""Programs that the settings of a robot do not name are not started."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest

from activities.drivers.desktop.permitted import refuse_unless
from activities.drivers.desktop.session import DrivenDesktop
from activities.sessions.desktop import Launch
from tests.support.toolkit import MadeUp, Place, Widget
from workflows.errors import ConfigurationError

PROGRAMS = ("mousepad", "/opt/erp/client", "C:\\ERP\\Client.exe")


@pytest.mark.parametrize("program", ["mousepad", "/opt/erp/client", "/opt/erp/./bin/../client"])
def test_what_is_named_is_permitted_however_it_is_spelled(program: str) -> None:
    refuse_unless(Launch(program, environment={"LANG": "de_DE.UTF-8", "LC_TIME": "C", "TZ": "UTC"}), PROGRAMS)


@pytest.mark.parametrize(
    "program", ["sh", "Mousepad", "/home/mousepad", "./mousepad", "client", "/opt/erp/client/../sh", "mousepad "]
)
def test_what_is_not_named_is_refused_with_the_setting_that_says_so(program: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        refuse_unless(Launch(program), PROGRAMS[:2])

    named = "its setting 'robot.desktop_programs' names those that it may: 'mousepad', '/opt/erp/client'"
    assert f"this robot may not start program {program!r}; {named}" == caught.value.message
    assert caught.value.acted is False


@pytest.mark.parametrize("program", ["MOUSEPAD.EXE", "mousepad", "c:/erp/client", "C:\\ERP\\sub\\..\\CLIENT.exe"])
def test_windows_does_not_mind_capitals_and_endings(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "platform", "win32")

    refuse_unless(Launch(program), PROGRAMS)


@pytest.mark.parametrize("name", ["PATH", "LD_PRELOAD", "GTK_MODULES"])
def test_a_program_that_is_named_is_not_made_another_one_by_its_environment(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"with the environment variable '{name}'"):
        refuse_unless(Launch("mousepad", environment={name: "."}), PROGRAMS)


def test_where_none_is_named_all_are_permitted() -> None:
    refuse_unless(Launch("sh", environment={"PATH": "/opt"}), ())


async def test_nothing_is_begun_for_a_program_that_is_refused() -> None:
    place = Place()
    toolkit = MadeUp(Widget("Window", "Invoices"))
    session = DrivenDesktop(toolkit, place, timeout=timedelta(seconds=1)).permitting(["mousepad"])

    with pytest.raises(ConfigurationError, match=r"'robot\.desktop_programs'"):
        await session.launch(Launch("sh"), "app")

    assert [] == place.killed
