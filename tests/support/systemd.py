"""A real systemd for the user that runs the tests, with services of its own, apart from the machine's."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.eventually import eventually

_PROGRAM = "/lib/systemd/systemd"
_CGROUPS = tuple(
    place
    for place in map(Path, ("/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup"))
    if os.access(place / "cgroup.procs", os.W_OK)
)
"""Where it needs a place of its own: it takes what it finds around it for its own processes."""
_BEGIN = f"""
for place in $PLACES; do echo $$ > "$place/cgroup.procs" || exit 1; done
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec {_PROGRAM} --user --unit=basic.target
"""
"""It begins only where it believes that the machine has a systemd."""

POSSIBLE = (
    os.name == "posix"
    and os.geteuid() == 0
    and Path(_PROGRAM).exists()
    and all(map(shutil.which, ("setpriv", "unshare")))
    and bool(_CGROUPS)
)

SERVICES = {
    "office-sync": "[Unit]\nDescription=Keeps the office in step\n[Service]\nExecStart=/bin/sleep 600\n",
    "office-stubborn": "[Service]\nExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'\nTimeoutStopSec=1",
    "office-crash": "[Service]\nExecStart=/bin/sh -c 'sleep 0.6; exit 3'\n",
    "office-nothing": "[Service]\nExecStart=/nowhere/at-all\n",
    "office-once": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
    "office-kept": "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n",
    "office@": "[Service]\nExecStart=/bin/sleep 600\n",
}


@dataclass(frozen=True)
class Services:
    """What is needed to speak to it."""

    runtime: Path
    """Its XDG_RUNTIME_DIR."""


@asynccontextmanager
async def user_services() -> AsyncIterator[Services]:
    """Have one for as long as the block lasts; all that its services run ends with it."""
    with tempfile.TemporaryDirectory(prefix="aether-services-") as name:
        runtime = Path(name)
        units = runtime / "systemd" / "user"
        units.mkdir(parents=True)
        for service, unit in SERVICES.items():
            (units / f"{service}.service").write_text(unit, encoding="utf-8")
        groups = [group / runtime.name for group in _CGROUPS]
        for group in groups:
            group.mkdir()
        try:
            async with _serving(runtime, groups):
                yield Services(runtime)
        finally:
            for group in groups:
                await _removed(group)


@asynccontextmanager
async def _serving(runtime: Path, groups: list[Path]) -> AsyncIterator[None]:
    places = {"PLACES": " ".join(map(str, groups)), "PATH": os.environ["PATH"]}
    process = await asyncio.create_subprocess_exec(
        "setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "sh", "-c", _BEGIN,
        env=places | {"HOME": str(runtime), "XDG_RUNTIME_DIR": str(runtime), "SYSTEMD_LOG_TARGET": "null"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await eventually(lambda: process.returncode is not None or (runtime / "systemd" / "private").exists())
        assert process.returncode is None, "systemd did not begin"
        yield
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)  # it ends its services first
        await asyncio.wait_for(process.wait(), 60)


async def _removed(group: Path) -> None:
    def gone() -> bool:
        for place in (*sorted(group.rglob("*/"), reverse=True), group):
            with suppress(OSError):
                place.rmdir()
        return not group.exists()

    await eventually(gone)
