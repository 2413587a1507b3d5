"""The README's commands, as a newcomer runs them."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import STDOUT, Popen

import pytest

from tests.support.eventually import eventually
from tests.support.repository import ROOT
from workers.ports import free_ports

_BLOCKS = re.findall(r"^```bash\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
_MAKE = [block.strip() for block in _BLOCKS if block.startswith("make ")]
_BY_HAND = [block.strip() for block in _BLOCKS if not block.startswith("make ")]
_PATIENCE = timedelta(minutes=5)


@pytest.fixture
def newcomer(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with an empty home, and with ports that are free."""
    port, ui_port = free_ports(2)
    ours = (ROOT / "temporal-dev.yaml").read_text(encoding="utf-8")
    server = tmp_path / "temporal-dev.yaml"
    server.write_text(ours.replace("7233", str(port)).replace("8233", str(ui_port)), encoding="utf-8")
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "AETHER_SERVER_FILE": str(server),
        "TEMPORAL_ADDRESS": f"127.0.0.1:{port}",
    }


def test_the_two_commands_are_what_there_is_to_know() -> None:
    """`make demo` is executed by the demo's own test, `make test` by whoever runs this one."""
    assert ["make demo", "make test"] == _MAKE
    for command in _MAKE:
        subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)  # noqa: S603


@pytest.mark.timeout(900)
async def test_a_first_project_runs_as_the_readme_says(newcomer: Mapping[str, str], tmp_path: Path) -> None:
    prepare, start, use = _BY_HAND
    project = tmp_path / "hello"

    said = await _output_of(prepare, newcomer, directory=ROOT)
    with _started(start, newcomer, directory=project, log=tmp_path / "dev.log") as is_ready:
        await eventually(is_ready, within=_PATIENCE)
        said += await _output_of(use, newcomer, directory=project)

    assert "hello.yaml: valid" in said
    assert "✓ completed" in said
    assert (project / "out" / "report.csv").is_file()


async def _output_of(script: str, environ: Mapping[str, str], *, directory: Path) -> str:
    command = ("bash", "-euo", "pipefail", "-c", script)
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, cwd=directory, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    async with asyncio.timeout(_PATIENCE.total_seconds()):
        output, _ = await process.communicate()
    assert 0 == process.returncode, output.decode()
    return output.decode()


@contextmanager
def _started(script: str, environ: Mapping[str, str], *, directory: Path, log: Path) -> Iterator[Callable[[], bool]]:
    """Have a command in the background; gives whether it has said that it is ready."""
    with log.open("w") as output:
        process = Popen(script.split(), env=environ, cwd=directory, stdout=output, stderr=STDOUT)  # noqa: S603
        try:
            yield lambda: "ready" in log.read_text(encoding="utf-8")
        finally:
            process.terminate()
            process.wait(_PATIENCE.total_seconds())
