from __future__ import annotations

import asyncio
import sys
import textwrap
from pathlib import Path
from typing import Any

import psutil
import pytest

from activities.nodes.script.shell import shell
from tests.support.eventually import eventually
from tests.support.repository import ROOT
from tests.support.steps import Steps, failure_of
from workflows.spec import Effect


async def run(steps: Steps, code: str, **params: Any) -> Any:
    return await steps.do(shell, {"code": code, **params})


async def test_values_come_by_environment_and_standard_input(steps: Steps) -> None:
    output = await run(steps, 'printf "%s:" "$NAME"; cat', environment={"NAME": "$(id); 'ü'"}, input="a\nb")

    assert {"result": None, "stdout": "$(id); 'ü':a\nb", "stderr": ""} == output


async def test_json_goes_in_and_comes_out(steps: Steps) -> None:
    output = await run(steps, "cat", input={"a": [1, "ü"]})

    assert {"a": [1, "ü"]} == output["result"]


async def test_files_go_in_and_come_out(steps: Steps) -> None:
    await steps.put("names.txt", b"Zoe\nAnn\n")

    output = await run(steps, "sort names.txt > sorted.txt", reads=["names.txt"], writes=["sorted.txt"])

    assert (None, "") == (output["result"], output["stdout"])
    assert b"Ann\nZoe\n" == await steps.content("sorted.txt")


@pytest.mark.parametrize(("effect", "acted"), [(Effect.ONCE, None), (Effect.READ, False)])
async def test_an_exit_code_is_a_failure(steps: Steps, effect: Effect, acted: bool | None) -> None:  # noqa: FBT001
    doing = steps.do(shell, {"code": "echo half; echo 'no such invoice' >&2; exit 3"}, effect=effect)

    error = await failure_of(doing)

    assert "the script ended with exit code 3: no such invoice" == error.message
    assert {"exit_code": 3, "stdout": "half\n", "stderr": "no such invoice\n"} == error.details
    assert acted is error.acted


async def test_a_program_ends_with_a_robot_that_is_killed(tmp_path: Path) -> None:
    robot = f"""
        import asyncio
        from pathlib import Path
        from activities.drivers.script.scripts import ScriptDriver
        from activities.nodes.script.shell import shell
        from tests.support.script import rules
        from tests.support.steps import Steps
        place = Path({str(tmp_path)!r})
        steps = Steps(place, ScriptDriver(rules(place)).provider())
        asyncio.run(steps.do(shell, {{"code": "setsid sleep 765432 & sleep 765432"}}, timeout=60.0))
    """
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", textwrap.dedent(robot), cwd=ROOT)
    await eventually(lambda: sleeping() == 2)

    process.kill()

    await process.wait()
    await eventually(lambda: sleeping() == 0)


def sleeping() -> int:
    """How many of its programs there are."""
    return sum("765432" in (each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"]))
