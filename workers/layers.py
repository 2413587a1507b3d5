"""Reading the settings: flags over environment over a chosen file over the project's over the defaults."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from workers.configuration import InvalidSettingError, SettingsFile, read_file
from workers.connection import Connection, read_connection
from workers.filed import ConnectionLayer, ConnectionSettings
from workers.mistakes import Keys, Mistake, dotted, mistakes_of, suggestion, unknown
from workers.settings import NOTHING, PREFIX, STATE, STATE_PLACES, Settings, own_names, variable_of
from workflows.wording import show

if TYPE_CHECKING:
    from pydantic import JsonValue

FILE = "aether.toml"
_CONFIG_VARIABLE = "AETHER_CONFIG"
_CONNECTION = "temporal"
_CONNECTION_PATHS = ("tls_ca_path", "tls_cert_path", "tls_key_path")
_OWN_PATHS = ("robot.browser", "smtp.ca", "mail.ca", "script.python", "script.shell")
_PATHS = frozenset({*STATE_PLACES, "state", "secrets_key", "server_file", "temporal_cli", *_OWN_PATHS})
_MAPPINGS = frozenset({"database.connections", "files.folders", "mail.accounts"})
"""Settings that a variable holds as JSON."""
_LISTS = frozenset(
    {
        "notify.mail_to",
        "notify.webhooks",
        "robot.capabilities",
        "robot.desktop_programs",
        "robot.tags",
        "system.programs",
        "system.services",
    }
)


def read_settings(
    flags: Mapping[str, object] | None = None,
    *,
    connection: Mapping[str, object] | None = None,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Settings:
    """Read the settings of a process.

    Flags go by dotted names (`robot.id`), connection flags by those of the Temporal CLI (`tls_ca_path`). A chosen file
    (TOML, YAML or JSON) lies over the nearest `aether.toml` at or above the directory, or takes its place if it has
    that name; only a chosen one may say how to reach Temporal. Relative paths start at the file that holds them, or at
    the directory.

    Raises:
        InvalidSettingError: settings are wrong; the message names all of them.
    """
    environ = os.environ if environ is None else environ
    directory = (directory or Path.cwd()).resolve()
    named = config or (Path(environ[_CONFIG_VARIABLE]) if environ.get(_CONFIG_VARIABLE) else None)
    chosen = directory / named if named else None
    project = chosen if chosen and chosen.name == FILE else find_upwards(FILE, directory)
    given = _Given(environ)
    for file in dict.fromkeys(file for file in (project, chosen) if file):
        given.take_file(read_file(file, environ), chosen=file == chosen)
    given.take_environment(directory)
    given.take_flags(flags or {}, directory)
    temporal, sources = read_connection(connection, environ, given.connection)
    return given.settings(temporal, sources, home=_home(project, directory))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting was set."""

    name: str
    file: SettingsFile | None = None

    def place(self, keys: Keys, *, key: bool = False, column: bool = True) -> str:
        """The place in it, as far as it can be told."""
        return self.file.place(keys, key=key, column=column) if self.file else self.name


class _Given:
    """What was set, layer over layer."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._values: dict[str, object] = {}
        self._origins: dict[str, Origin] = {}
        self._problems: list[str] = []
        self.connection = ConnectionLayer()

    def take_file(self, file: SettingsFile, *, chosen: bool) -> None:
        for keys, value in _leaves(file.content):
            if keys[0] != _CONNECTION:
                self._take(keys, value, Origin(str(file.path), file), directory=file.path.parent)
            elif chosen:
                self._take_connection(file, value)
            else:
                text = "the connection is set by temporal.toml, TEMPORAL_* or a file for --config, not here"
                self._problems.append(f"{file.place(keys, key=True)}: setting {_CONNECTION!r}: {text}")

    def _take_connection(self, file: SettingsFile, value: object) -> None:
        try:
            said = ConnectionSettings.model_validate(value or {})
        except ValidationError as error:
            for each in mistakes_of(error, ConnectionSettings, above=(_CONNECTION,)):
                self._problems.append(f"{file.place(each.keys, key=each.of_key)}: {each.text}")
            return
        paths = {name: path for name in _CONNECTION_PATHS if (path := getattr(said, name))}
        located = {name: file.path.parent / path.expanduser() for name, path in paths.items()}
        places = {name: file.place((_CONNECTION, name), column=False) for name in said.model_fields_set}
        self.connection = ConnectionLayer(said.model_copy(update=located), places)

    def take_environment(self, directory: Path) -> None:
        names = {variable_of(name): name for name in own_names()}
        for variable in sorted(self._environ):
            if not variable.startswith(PREFIX) or variable == _CONFIG_VARIABLE or not self._environ[variable]:
                continue
            if variable in names:
                origin = Origin(f"environment {variable}")
                self._take(_keys(names[variable]), self._environ[variable], origin, directory=directory)
            else:
                self._problems.append(f"unknown environment variable {variable!r}{suggestion(variable, names)}")

    def take_flags(self, flags: Mapping[str, object], directory: Path) -> None:
        for name, value in flags.items():
            if value is not None:
                self._take(_keys(name), value, Origin(f"flag --{_flag(name)}"), directory=directory)

    def _take(self, keys: Keys, value: object, origin: Origin, *, directory: Path) -> None:
        name = dotted(keys)
        if name in _groups():
            text = f"setting {name!r}: expected a mapping of settings, found {show(cast('JsonValue', value))}"
            self._problems.append(f"{origin.place(keys)}: {text}")
            return
        if name not in own_names():
            self._problems.append(f"{origin.place(keys, key=True)}: {unknown(name, own_names())}")
            return
        if name in _PATHS and isinstance(value, str | Path):
            value = directory / Path(value).expanduser()
        if name in _LISTS and isinstance(value, str):
            value = [] if value == NOTHING else [part.strip() for part in value.split(",") if part.strip()]
        if name in _MAPPINGS and isinstance(value, str):
            with suppress(ValueError):  # else it is no mapping, and named as a mistake
                value = json.loads(value)
        self._values[name] = value
        self._origins[name] = origin

    def settings(self, temporal: Connection, sources: Mapping[str, str], *, home: Path) -> Settings:
        values = {"state": home / STATE, **self._values}
        places = {name: Path(str(values["state"])) / name for name in STATE_PLACES}
        named = {name: origin.place(_keys(name), column=False) for name, origin in self._origins.items()}
        named |= {f"{_CONNECTION}.{name}": source for name, source in sources.items()}
        try:
            settings = Settings.model_validate(_nested(places | values) | {"temporal": temporal})
        except ValidationError as error:
            problems = [*self._problems, *map(self._placed, mistakes_of(error, Settings))]
            raise InvalidSettingError(problems) from error
        if self._problems:
            raise InvalidSettingError(self._problems)
        return settings.with_sources(named)

    def _placed(self, mistake: Mistake) -> str:
        ways = (mistake.keys[:length] for length in range(len(mistake.keys), 0, -1))
        origin = next((self._origins[name] for keys in ways if (name := dotted(keys)) in self._origins), None)
        return f"{origin.place(mistake.keys)}: {mistake.text}" if origin else mistake.text


def find_upwards(name: str, directory: Path) -> Path | None:
    """Find a file or directory at or above a directory."""
    return next((found for folder in (directory, *directory.parents) if (found := folder / name).exists()), None)


def _home(file: Path | None, directory: Path) -> Path:
    """Where the state directory belongs: beside the project's file, else where one is already, else here."""
    if file and file.name == FILE:
        return (directory / file).parent
    existing = find_upwards(STATE, directory)
    return existing.parent if existing else directory


def _groups() -> set[str]:
    return {group for name in own_names() if (group := name.rpartition(".")[0])}


def _keys(name: str) -> Keys:
    return tuple(name.split("."))


def _leaves(content: Mapping[str, object], above: Keys = ()) -> Iterator[tuple[Keys, object]]:
    """Go through nested settings; what is not a group is a value, and a group of nothing says nothing."""
    groups = _groups()
    for key, value in content.items():
        keys = (*above, key)
        if dotted(keys) not in groups:
            yield keys, value
        elif isinstance(value, dict):
            yield from _leaves(value, keys)
        elif value is not None:
            yield keys, value


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
