from __future__ import annotations

from pathlib import Path

from activities.nodes.desktop.close import close
from activities.nodes.desktop.expect import expect
from activities.nodes.desktop.get_file import get_file
from activities.nodes.desktop.launch import launch
from activities.nodes.desktop.press import press
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of


async def test_a_program_gets_a_copy_of_a_file_and_what_it_saves_comes_back(steps: Steps, tmp_path: Path) -> None:
    await steps.put("in/lent.txt", b"lent")

    params = {"program": "mousepad", "arguments": ["--disable-server"], "files": ["in/lent.txt"], "app": "lent"}
    started = await steps.do(
        launch, params | {"environment": {"XDG_DATA_HOME": str(tmp_path), "GSETTINGS_BACKEND": "memory"}}
    )
    await steps.do(expect, {"app": "lent", "target": {"control_type": "Edit"}, "value": "lent"})
    await steps.do(press, {"app": "lent", "keys": "{Ctrl}{End} and saved{Ctrl}s"})
    await steps.do(get_file, {"name": "lent.txt"})
    await steps.do(close, {"app": "lent"})

    assert "lent" == started["app"]
    assert started["title"].endswith("lent.txt - Mousepad")
    assert b"lent and saved" == (await steps.content("lent.txt")).strip()
    assert b"lent" == await steps.content("in/lent.txt")


async def test_an_attempt_that_is_made_again_starts_no_second_program(screen: Screen, steps: Steps) -> None:
    params = {"program": "zenity", "arguments": ["--info", "--text=Hello"], "app": "again"}

    first = await steps.do(launch, params, key="run-1/launch")
    second = await steps.do(launch, params, key="run-1/launch", attempt=2)
    running = [pid for pid in (first["pid"], second["pid"]) if screen.station.ending(pid) is None]
    await steps.do(close, {"app": "again"})

    assert [second["pid"]] == running


async def test_a_name_belongs_to_one_program_at_a_time(steps: Steps) -> None:
    params = {"program": "zenity", "arguments": ["--info", "--text=Hello"], "app": "taken"}
    await steps.do(launch, params, key="run-1/first")

    error = await failure_of(steps.do(launch, params, key="run-1/second"))
    await steps.do(close, {"app": "taken"})

    assert ("InvalidParamsError", False) == (error.type, error.acted)
    assert "'taken' runs already" in error.message


async def test_a_program_that_is_not_there_is_told(steps: Steps) -> None:
    error = await failure_of(steps.do(launch, {"program": "no-such-program"}))

    assert ("ApplicationFailedError", False) == (error.type, error.acted)
    assert "'no-such-program' cannot be started" in error.message


async def test_what_a_program_says_before_it_ends_is_told(steps: Steps) -> None:
    error = await failure_of(steps.do(launch, {"program": "sh", "arguments": ["-c", "echo no licence >&2; exit 3"]}))

    assert "exit code 3" in error.message
    assert "no licence" in error.message


async def test_programs_get_the_environment_that_a_step_gives_them(steps: Steps) -> None:
    script = 'echo "$CASE" > case.txt; exec zenity --info --text=Hello'
    await steps.do(
        launch, {"program": "sh", "arguments": ["-c", script], "environment": {"CASE": "4711"}, "app": "scripted"}
    )
    await steps.do(get_file, {"name": "case.txt"})
    await steps.do(close, {"app": "scripted"})

    assert b"4711\n" == await steps.content("case.txt")
