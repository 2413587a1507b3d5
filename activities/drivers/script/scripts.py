"""Programs of documents in processes of their own, with limits, apart from the robot where the system can do that."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
import structlog
from pydantic import JsonValue, TypeAdapter, ValidationError
from typing_extensions import override

from activities.drivers.script.child import Said, ended, launched
from activities.drivers.script.launcher import INSIDE, REFUSED
from activities.provider import Provider
from activities.secrets import masked
from activities.sessions.files import Workspace
from activities.sessions.script import SCRIPT, Ended, Program, Scripts
from activities.workspace import safe_path
from workflows.call import StepCall
from workflows.errors import MachineError, ScriptFailedError, SessionLostError
from workflows.spec import Effect

_SHOWN = 64 * 1024
"""Characters of what a program says that a step's output keeps."""
_TOLD = 4000
"""Characters of it that an error keeps."""
_LARGEST_RESULT = 4 * 1024 * 1024
_FILES_OPEN = 256
_NO_JSON = 65
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SYSTEM_PYTHON = "/usr/bin/python3"
_PYTHON = f"""
import json, runpy, sys
scope = runpy.run_path(sys.argv[1], run_name="script")
if not callable(scope.get("main")):
    sys.exit("expected a function main(input)")
result = scope["main"](json.load(sys.stdin))
try:
    text = json.dumps(result, allow_nan=False)
except (TypeError, ValueError) as error:
    sys.stderr.write(f"main() returned what is not JSON: {{error}}\\n")
    sys.exit({_NO_JSON})
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write(text)
"""
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rules:
    """What programs may do."""

    scratch: Path
    """Where they work."""
    hidden: tuple[Path, ...] = ()
    """Directories of the robot that are none of their business."""
    memory: int = 512 * 1024**2
    """Bytes, each process."""
    processes: int = 64
    largest_file: int = 1024**3
    output: int = 4 * 1024**2
    user: str | None = None
    """As whom, where the robot is root."""
    python: Path | None = None
    shell: Path = Path("/bin/sh")
    isolation: Literal["auto", "required", "off"] = "auto"
    network: bool = True


class ScriptDriver:
    """Runs programs."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._apart: bool | None = None

    def provider(self) -> Provider[Scripts]:
        """Lend it to steps."""
        return Provider(SCRIPT, self._open)

    @asynccontextmanager
    async def _open(self, call: StepCall, workspace: Workspace | None) -> AsyncIterator[Scripts]:
        if workspace is None:
            raise SessionLostError(f"step {call.step!r} came without the files of its run")
        yield _StepScripts(self, call, workspace)

    async def apart(self) -> bool:
        """Whether programs run apart from the robot; found out by trying.

        Raises:
            MachineError: they cannot, but must.
        """
        if self._apart is None and self.rules.isolation != "off":
            self._apart = await self._try_apart()
        if not self._apart and not self.rules.network:
            raise MachineError(
                "this robot cannot keep programs off the network, as 'script.network' says: its system, or its "
                "container, allows no namespaces"
            )
        if not self._apart and self.rules.user:
            raise MachineError(
                "this robot is root and cannot run programs apart from itself; have it run as another user, or let it "
                "make namespaces"
            )
        return bool(self._apart)

    async def _try_apart(self) -> bool:
        place = await asyncio.to_thread(_workshop, self.rules.scratch)
        try:
            spec = await asyncio.to_thread(self.spec, place, [["/bin/true"]], {}, apart=True)
            async with launched(spec, b"", self.rules.scratch) as child:
                said = await child.finish(self.rules.output)
        finally:
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)
        if said.code == 0:
            return True
        reason = _last_line(said.stderr) or ended(said.code)
        if self.rules.isolation == "required":
            raise MachineError(f"this robot cannot run programs apart, as 'script.isolation' says: {reason}")
        log.warning("script.not_apart", reason=reason)
        return False

    def spec(
        self, place: Path, commands: list[list[str]], environment: dict[str, str], *, apart: bool, seconds: float = 10
    ) -> dict[str, JsonValue]:
        """Say what the launcher shall do."""
        rules = self.rules
        limits: dict[str, JsonValue] = {
            "AS": rules.memory,
            "CPU": int(seconds) + 1,
            "FSIZE": rules.largest_file,
            "NPROC": rules.processes + _processes_of(rules.user),
            "NOFILE": _FILES_OPEN,
            "CORE": 0,
        }
        seen = _seen(place, apart=apart)
        own = {"PATH": _PATH, "HOME": str(seen / "files"), "TMPDIR": str(seen / "tmp"), "LANG": "C.UTF-8"}
        return {
            "directory": str(place),
            "apart": apart,
            "network": rules.network,
            "hidden": [str(each) for each in rules.hidden],
            "user": rules.user,
            "limits": limits,
            "commands": [list(command) for command in commands],
            "environment": {**own, **environment},
        }


class _StepScripts(Scripts):
    def __init__(self, driver: ScriptDriver, call: StepCall, workspace: Workspace) -> None:
        self._driver = driver
        self._call = call
        self._workspace = workspace

    @override
    async def run(self, program: Program) -> Ended:
        apart = await self._driver.apart()
        place = await asyncio.to_thread(_workshop, self._driver.rules.scratch)
        try:
            return await self._run(program, place, apart=apart)
        finally:
            await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)

    async def _run(self, program: Program, place: Path, *, apart: bool) -> Ended:
        driver = self._driver
        for path in program.reads:
            async with self._workspace.reading(path) as local:
                await asyncio.to_thread(_bring, local, place / "files" / safe_path(path))
        commands = await asyncio.to_thread(_commands, program, place, _seen(place, apart=apart), driver.rules)
        environment, seconds = dict(program.environment), self._call.timeout
        spec = await asyncio.to_thread(driver.spec, place, commands, environment, apart=apart, seconds=seconds)
        async with launched(spec, _input(program), driver.rules.scratch) as child:
            said = await child.finish(driver.rules.output)
        self._check(said)
        for path in program.writes:
            await self._keep(path, place)
        stdout, stderr = _end_of(said.stdout, _SHOWN), _end_of(said.stderr, _SHOWN)
        return Ended(await asyncio.to_thread(_result, program, place, said), stdout, stderr)

    def _check(self, said: Said) -> None:
        if said.code == 0 and said.problem is None:
            return
        reason = _last_line(said.stderr)
        if said.code == REFUSED and said.problem is None:
            raise MachineError(f"the program could not be started on this robot: {reason}")
        what = said.problem or ended(said.code)
        raise ScriptFailedError(
            f"the script {what}{f': {reason}' if reason else ''}",
            acted=False if self._call.effect is Effect.READ else None,
            exit_code=said.code,
            stdout=_end_of(said.stdout, _TOLD),
            stderr=_end_of(said.stderr, _TOLD),
        )

    async def _keep(self, path: str, place: Path) -> None:
        made = place / "files" / safe_path(path)
        if not await asyncio.to_thread(_is_own_file, made, place / "files"):
            raise ScriptFailedError(
                f"the script left no file {path!r}, which 'writes' names",
                acted=False if self._call.effect is Effect.READ else None,
            )
        async with self._workspace.writing(path) as local:
            await asyncio.to_thread(shutil.copyfile, made, local)


def _workshop(scratch: Path) -> Path:
    """Make a place for one program: its files, and its temporary files."""
    place = Path(tempfile.mkdtemp(prefix="script-", dir=scratch)).absolute()
    for name in ("files", "tmp"):
        (place / name).mkdir()
    return place


def _bring(local: Path, there: Path) -> None:
    there.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(local, there)


def _seen(place: Path, *, apart: bool) -> Path:
    """Where a program finds its place."""
    return Path(INSIDE) if apart else place


def _commands(program: Program, place: Path, seen: Path, rules: Rules) -> list[list[str]]:
    """Write the program down and give the ways to start it: the first that the system allows is taken."""
    name = "script.py" if program.language == "python" else "script.sh"
    (place / name).write_text(program.code, encoding="utf-8")
    script = str(seen / name)
    if program.language == "shell":
        commands = [[str(rules.shell), script]]
    else:
        pythons = [str(rules.python)] if rules.python else [sys.executable, _SYSTEM_PYTHON]
        commands = [[python, "-I", "-c", _PYTHON, script, str(seen / "result.json")] for python in pythons]
    if rules.user:
        for each in (place, *place.rglob("*")):
            shutil.chown(each, rules.user)
    return commands


def _processes_of(user: str | None) -> int:
    """How many processes a user has already: the system counts them all."""
    name = user or psutil.Process().username()
    return sum(each.info["username"] == name for each in psutil.process_iter(["username"]))


def _input(program: Program) -> bytes:
    if program.language == "shell" and isinstance(program.input, str):
        return program.input.encode()
    return b"" if program.language == "shell" and program.input is None else _JSON.dump_json(program.input)


def _result(program: Program, place: Path, said: Said) -> JsonValue:
    try:
        if program.language == "shell":
            return _JSON.validate_json(said.stdout) if said.stdout.strip() else None
        file = place / "result.json"
        if not _is_own_file(file, place) or file.stat().st_size > _LARGEST_RESULT:
            raise ScriptFailedError("the script gave no result, or one of more than 4 MiB", acted=None)
        return _JSON.validate_json(file.read_bytes())
    except ValidationError:
        return None


def _is_own_file(file: Path, directory: Path) -> bool:
    """Whether a file is there, and not a link that leads elsewhere."""
    return file.is_file() and file.resolve() == directory.resolve() / file.relative_to(directory)


def _end_of(said: bytes, most: int) -> str:
    text = masked(said.decode(errors="replace"))
    return text if len(text) <= most else f"…{text[-most:]}"


def _last_line(said: bytes) -> str:
    lines = _end_of(said, _TOLD).strip().splitlines()
    return lines[-1].strip()[:500] if lines else ""
