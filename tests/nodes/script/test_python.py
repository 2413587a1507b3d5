from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any

import psutil
import pytest

from activities.drivers.script.scripts import ScriptDriver
from activities.nodes.script.python import python
from tests.support.script import rules
from tests.support.steps import Steps, failure_of

KIB, MIB = 1024, 1024**2


async def run(steps: Steps, code: str, *, timeout: float = 60.0, **params: Any) -> Any:  # noqa: ASYNC109 - of its step
    return await steps.do(python, {"code": textwrap.dedent(code), **params}, timeout=timeout)


async def test_json_goes_in_and_comes_out(steps: Steps) -> None:
    code = """
        import sys
        def main(input):
            print("counting")
            print("careful", file=sys.stderr)
            return {"sum": sum(input), "text": "ü"}
    """

    output = await run(steps, code, input=[1, 2.5])

    assert {"result": {"sum": 3.5, "text": "ü"}, "stdout": "counting\n", "stderr": "careful\n"} == output


async def test_files_go_in_and_come_out_if_they_are_named(steps: Steps) -> None:
    await steps.put("in/names.txt", b"Zoe\nAnn\n")
    await steps.put("other.txt", b"not for it")
    code = """
        import os, pathlib
        def main(input):
            names = pathlib.Path("in/names.txt").read_text().split()
            pathlib.Path("out").mkdir()
            pathlib.Path("out/names.txt").write_text("\\n".join(sorted(names)))
            pathlib.Path("left.txt").write_text("not wanted")
            return sorted(os.listdir())
    """

    output = await run(steps, code, reads=["in/names.txt"], writes=["out/names.txt"])

    assert ["in", "left.txt", "out"] == output["result"]
    assert b"Ann\nZoe" == await steps.content("out/names.txt")
    assert "left.txt" not in steps.files


async def test_its_environment_is_what_it_was_given(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AETHER_SECRETS_KEY_DATA", "hunter22-key")
    code = """
        import os
        def main(input):
            return dict(os.environ)
    """

    output = await run(steps, code, environment={"REGION": "eu"})

    assert {"PATH", "HOME", "TMPDIR", "LANG", "REGION"} == set(output["result"]) - {"LC_CTYPE"}
    assert "eu" == output["result"]["REGION"]


async def test_it_sees_neither_the_secrets_nor_the_processes_of_its_robot(
    tmp_path: Path, steps: Steps, driver: ScriptDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of the same user can read the environment of all processes it sees."""
    if not await driver.apart():
        pytest.skip("this machine lets nobody make namespaces")
    monkeypatch.setenv("AETHER_SECRETS_KEY_DATA", "hunter22-key")
    code = """
        import glob, os, pathlib
        def main(input):
            seen = []
            for path in [*input, *glob.glob("/proc/[0-9]*/environ"), *glob.glob("/proc/[0-9]*/cmdline")]:
                try:
                    seen.append(pathlib.Path(path).read_text(errors="replace"))
                except OSError:
                    pass
            return {"seen": "".join(seen), "processes": len(glob.glob("/proc/[0-9]*"))}
    """

    output = await run(steps, code, input=[str(tmp_path / "state" / "secrets"), f"/proc/{os.getpid()}/environ"])

    assert "hunter22" not in output["result"]["seen"]
    assert "AETHER" not in output["result"]["seen"]
    assert output["result"]["processes"] <= 3


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def main(input):\n    return 1 / 0", "ended with exit code 1: ZeroDivisionError: division by zero"),
        ("def main(input):\n    raise SystemExit(7)", "ended with exit code 7"),
        ("def main(input):\n    import os; os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
        ("def main(input):\n    return {1, 2}", "main() returned what is not JSON"),
        ("def main(input):\n    return float('nan')", "main() returned what is not JSON"),
        ("def man(input):\n    return 1", "expected a function main(input)"),
        ("def main(input)\n    return 1", "SyntaxError: expected ':'"),
        ("def main(input):\n    while True: print('x' * 10000)", "wrote more than 65536 bytes and was ended"),
        ("def main(input):\n    return len('x' * 10**9)", "MemoryError"),
        ("def main(input):\n    open('large', 'w').write('x' * 10**7)", "File too large"),
        (
            "import os\ndef main(input):\n    while True: os.fork()",
            "BlockingIOError: [Errno 11] Resource temporarily unavailable",
        ),
    ],
    ids=lambda value: value.splitlines()[-1].strip()[:40],
)
async def test_a_program_that_fails_or_takes_too_much_is_ended_and_told(
    tmp_path: Path, code: str, message: str
) -> None:
    driver = ScriptDriver(rules(tmp_path, memory=200 * MIB, output=64 * KIB, largest_file=MIB, processes=20))

    error = await failure_of(run(Steps(tmp_path, driver.provider()), code))

    assert ("ScriptFailedError", "configuration", None) == (error.type, error.kind, error.acted)
    assert message in error.message
    assert [] == list((tmp_path / "state" / "scratch").iterdir())


async def test_an_endless_loop_ends_with_its_step_and_takes_all_it_started_along(tmp_path: Path, steps: Steps) -> None:
    code = """
        import os, subprocess, sys, time
        def main(input):
            subprocess.Popen(["sleep", "987654"], start_new_session=True)
            while True: pass
    """

    error = await failure_of(run(steps, code, timeout=1.5))

    assert ("StepTimeoutError", None) == (error.type, error.acted)
    assert [] == [each for each in psutil.process_iter(["cmdline"]) if "987654" in (each.info["cmdline"] or [])]
    assert [] == list((tmp_path / "state" / "scratch").iterdir())


async def test_what_a_program_leaves_behind_does_not_hold_its_step(steps: Steps) -> None:
    code = """
        import subprocess
        def main(input):
            subprocess.Popen(["sleep", "876543"])
            return "done"
    """

    output = await run(steps, code)

    assert "done" == output["result"]
    assert [] == [each for each in psutil.process_iter(["cmdline"]) if "876543" in (each.info["cmdline"] or [])]


@pytest.mark.parametrize("link", ["/etc/passwd", "../script.py"])
async def test_a_link_is_no_file_for_the_run(steps: Steps, link: str) -> None:
    code = f"""
        import os
        def main(input):
            os.symlink({link!r}, "out.txt")
            os.symlink("/etc", "folder")
    """

    linked = await failure_of(run(steps, code, writes=["out.txt"]))
    below = await failure_of(run(steps, code, writes=["folder/passwd"]))

    assert ["ScriptFailedError", "ScriptFailedError"] == [linked.type, below.type]
    assert "the script left no file 'out.txt', which 'writes' names" == linked.message


async def test_a_secret_it_prints_is_masked(steps: Steps) -> None:
    steps.mask.register("hunter22-secret")
    code = """
        import sys
        def main(input):
            print(input)
            sys.exit("failed with " + input)
    """

    error = await failure_of(run(steps, code, input="hunter22-secret"))

    assert "hunter22" not in str(error)
    assert "failed with ***" in error.message
