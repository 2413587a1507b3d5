"""Reading the settings: flags over environment over a file over the defaults."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from workers.configuration import InvalidSettingError, problems_of, read_file, suggestion
from workers.connection import Connection, read_connection
from workers.settings import NOTHING, PREFIX, STATE, STATE_PLACES, Settings, own_names, variable_of

FILE = "aether.toml"
_CONFIG_VARIABLE = "AETHER_CONFIG"
_PATHS = frozenset({*STATE_PLACES, "state", "secrets_key", "server_file", "temporal_cli", "robot.browser", "smtp.ca"})
_LISTS = frozenset({"robot.tags", "robot.capabilities", "notify.webhooks", "notify.mail_to"})


def read_settings(
    flags: Mapping[str, object] | None = None,
    *,
    connection: Mapping[str, object] | None = None,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Settings:
    """Read the settings of a process.

    Flags go by dotted names (`robot.id`), connection flags by those of the Temporal CLI (`tls_ca_path`).
    The file is the given one (TOML, YAML or JSON), else the nearest `aether.toml` at or above the directory.
    Relative paths start at the file that holds them, or at the directory.

    Raises:
        InvalidSettingError: settings are wrong; the message names all of them.
    """
    environ = os.environ if environ is None else environ
    directory = (directory or Path.cwd()).resolve()
    chosen = environ.get(_CONFIG_VARIABLE)
    file = config or (Path(chosen) if chosen else find_upwards(FILE, directory))
    given = _Given(environ)
    if file:
        given.take_file(directory / file)
    given.take_environment(directory)
    given.take_flags(flags or {}, directory)
    temporal, sources = read_connection(connection, environ)
    return given.settings(temporal, sources, home=_home(file, directory))


class _Given:
    """What was set, layer over layer."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._values: dict[str, object] = {}
        self._sources: dict[str, str] = {}
        self._problems: list[str] = []

    def take_file(self, file: Path) -> None:
        for name, value in _leaves(read_file(file, self._environ)):
            self._take(name, value, source=str(file), directory=file.parent)

    def take_environment(self, directory: Path) -> None:
        names = {variable_of(name): name for name in own_names()}
        for variable in sorted(self._environ):
            if not variable.startswith(PREFIX) or variable == _CONFIG_VARIABLE or not self._environ[variable]:
                continue
            if variable in names:
                name, source = names[variable], f"environment {variable}"
                self._take(name, self._environ[variable], source=source, directory=directory)
            else:
                self._problems.append(f"unknown environment variable {variable!r}{suggestion(variable, names)}")

    def take_flags(self, flags: Mapping[str, object], directory: Path) -> None:
        for name, value in flags.items():
            if value is not None:
                self._take(name, value, source=f"flag --{_flag(name)}", directory=directory)

    def _take(self, name: str, value: object, *, source: str, directory: Path) -> None:
        if name not in own_names():
            self._problems.append(f"{source}: unknown setting {name!r}{suggestion(name, own_names())}")
            return
        if name in _PATHS and isinstance(value, str | Path):
            value = directory / Path(value).expanduser()
        if name in _LISTS and isinstance(value, str):
            value = [] if value == NOTHING else [part.strip() for part in value.split(",") if part.strip()]
        self._values[name] = value
        self._sources[name] = source

    def settings(self, temporal: Connection, sources: Mapping[str, str], *, home: Path) -> Settings:
        values = {"state": home / STATE, **self._values}
        places = {name: Path(str(values["state"])) / name for name in STATE_PLACES}
        named = self._sources | {f"temporal.{name}": source for name, source in sources.items()}
        try:
            settings = Settings.model_validate(_nested(places | values) | {"temporal": temporal})
        except ValidationError as error:
            problems = [*self._problems, *(self._placed(problem) for problem in problems_of(error, Settings))]
            raise InvalidSettingError(problems) from error
        if self._problems:
            raise InvalidSettingError(self._problems)
        return settings.with_sources(named)

    def _placed(self, problem: str) -> str:
        name = next((name for name in self._sources if f"'{name}" in problem), None)
        return f"{self._sources[name]}: {problem}" if name else problem


def find_upwards(name: str, directory: Path) -> Path | None:
    """Find a file or directory at or above a directory."""
    return next((found for folder in (directory, *directory.parents) if (found := folder / name).exists()), None)


def _home(file: Path | None, directory: Path) -> Path:
    """Where the state directory belongs: beside the project's file, else where one is already, else here."""
    if file and file.name == FILE:
        return (directory / file).parent
    existing = find_upwards(STATE, directory)
    return existing.parent if existing else directory


def _leaves(content: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Go through nested settings by their dotted names; what is not a group is a value."""
    groups = {name.rpartition(".")[0] for name in own_names()}
    for key, value in content.items():
        name = f"{prefix}{key}"
        if name in groups and isinstance(value, dict):
            yield from _leaves(value, f"{name}.")
        else:
            yield name, value


def _nested(values: Mapping[str, object]) -> dict[str, object]:
    nested: dict[str, object] = {}
    groups: dict[str, dict[str, object]] = {}
    for name, value in values.items():
        group, _, key = name.rpartition(".")
        if group:
            groups.setdefault(group, {})[key] = value
        else:
            nested[key] = value
    return nested | groups


def _flag(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "-")
