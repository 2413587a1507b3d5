"""Aether's settings: read once, frozen, handed down; each knows where it was set."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args
from urllib.parse import quote
from uuid import uuid4

import platformdirs
from pydantic import BaseModel, Field, PrivateAttr, SecretStr

from activities.private import private_directory
from workers.connection import Connection
from workers.mail_settings import MailSettings
from workers.mistakes import known_names
from workers.own_settings import DatabaseSettings, FilesSettings, ScriptSettings, SystemSettings
from workers.section import Section
from workflows.duration import Duration, format_duration
from workflows.ids import DEFAULT_ENVIRONMENT, RobotId

STATE = ".aether"
STATE_PLACES = ("artifacts", "payloads", "secrets")
"""The settings that are directories or files of the same name in the state directory."""
PREFIX = "AETHER_"
NOTHING = "none"
"""How an environment variable says that a list is empty."""


CapabilityName = Literal[
    "browser",
    "database",
    "desktop",
    "documents",
    "files",
    "folders",
    "ftp",
    "http",
    "mail",
    "ocr",
    "script",
    "sftp",
    "system",
]
CAPABILITIES: tuple[CapabilityName, ...] = get_args(CapabilityName)


class RobotSettings(Section):
    """One robot process."""

    id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    """Its stable name; made once and kept in the state directory where it is not given."""
    tags: tuple[str, ...] = ()
    """What its sessions have beside the browser, e.g. `sap`; documents ask for them under `needs`."""
    capabilities: tuple[CapabilityName, ...] = CAPABILITIES
    """What it offers, as far as the machine has it."""
    browser: Path | None = None
    """The browser to use instead of looking for one."""
    engine: Literal["chromium", "firefox", "webkit"] = "chromium"
    """The kind of browser; of Firefox and WebKit, only the builds that `playwright install` brings can be used."""
    headed: bool = False
    """Whether people can watch the browser's window."""
    slow: Duration = timedelta(0)
    """How long the browser pauses before each action, for people who watch."""
    browser_host: Literal["process", "inside"] = "process"
    """Where its browser lives: in a process of its own, where a robot that takes the place of one that was killed finds
    every page as it was, or inside of the robot, where it ends with it."""
    browser_linger: Duration = Field(default=timedelta(seconds=60), ge=timedelta(seconds=1))
    """How long a browser in a process of its own waits for such a successor before it ends."""
    browser_memory: int | None = Field(default=None, ge=1)
    """How many bytes that process and its browser may need before they take no more sessions and are started anew as
    soon as none is open; half of the machine's memory where it is not given."""
    browser_recycle: int = Field(default=500, ge=1)
    """After how many sessions they are started anew, as soon as none is open."""
    desktop_size: str = Field(default="1280x800", pattern=r"^[1-9]\d{2,3}x[1-9]\d{2,3}$")
    """How large the screens of its desktops are, in pixels, where each has one of its own (Linux)."""
    desktop_linger: Duration = Field(default=timedelta(seconds=60), ge=timedelta(seconds=1))
    """How long such a desktop waits for a robot that takes the place of one that was killed before it ends."""
    desktop_programs: tuple[str, ...] = ()
    """The programs that `desktop.launch` may start, each a name or a whole path; any by default."""
    max_sessions: int = Field(default=5, ge=1, le=100)
    """How many browsers and desktops runs may hold at the same time, all together."""
    healing: Literal["auto", "propose", "off"] = "auto"
    """What steps do when a page has changed: find their elements again by themselves where that is beyond doubt, only
    say which they would take, or not look for them at all."""
    grace: Duration = timedelta(seconds=30)
    """How long a stopping robot lets its steps finish."""
    least_free_disk: int = Field(default=500 * 1024**2, ge=0)
    """How much room there must be where its state is, in bytes: with less, it takes no new work."""


class OrchestratorSettings(Section):
    """One orchestrator process."""

    versioning: Literal["off", "pinned", "moving"] = "off"
    """Whether Temporal tells builds apart: `pinned` runs end on the build they began on, `moving` ones go on with the
    current build. With `off` any orchestrator takes any run."""
    deployment: str = Field(default="aether", pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")
    """The orchestrators among which builds are told apart."""
    build: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$")
    """What this build is called; Aether's version where it is not given."""


class LogSettings(Section):
    """What processes log."""

    format: Literal["auto", "console", "json"] = "auto"
    """`auto`: for people on a terminal, JSON elsewhere."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severity that is shown."""


class HttpSettings(Section):
    """What `http.*` nodes may do."""

    private_addresses: bool = True
    """Whether they may reach loopback and private networks."""
    max_response: int = Field(default=100 * 1024 * 1024, ge=1)
    """The longest answer they read, in bytes."""


class EvidenceSettings(Section):
    """What steps leave behind to show how they went."""

    keep: Duration = Field(default=timedelta(days=30), ge=timedelta(minutes=1))
    """How long it is kept; what belongs to a run that has not ended stays longer."""
    limit: int = Field(default=5 * 1024**3, ge=0)
    """How much of it there may be, in bytes; the oldest goes first, but nothing of a run that has not ended."""
    largest: int = Field(default=32 * 1024**2, ge=1)
    """The largest picture, source or trace that is kept, in bytes."""


class NotifySettings(Section):
    """Who is told of runs that need somebody."""

    webhooks: tuple[Annotated[str, Field(pattern=r"^[^\s,]+$")], ...] = ()
    """Addresses that get a JSON message; `secret:NAME` for one that is kept as a secret."""
    webhook_key: str | None = None
    """The name of the secret that these messages are signed with."""
    mail_to: tuple[Annotated[str, Field(pattern=r"^[^\s,]+@[^\s,]+$")], ...] = ()
    """Mail addresses that get a letter, sent as `smtp` says."""
    quiet: Duration = Field(default=timedelta(minutes=10), ge=timedelta(seconds=1))
    """How long no more is said of the same incident; then one message tells how much more there was."""


class SmtpSettings(Section):
    """Who takes mail."""

    host: str | None = None
    """The mail server."""
    port: int | None = Field(default=None, ge=1, le=65535)
    """Its port: 587 for `starttls`, 465 for `tls`, 25 for `none`."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted."""
    ca: Path | None = None
    """A file of certificates to trust besides those that the system trusts."""
    user: str | None = None
    """As whom to sign in."""
    password: str | None = None
    """The name of the secret to sign in with."""
    sender: str | None = None
    """The address mail comes from."""


class Setting(NamedTuple):
    """One setting, for people."""

    name: str
    value: str
    source: str


class Settings(Section):
    """Everything a process needs to know before it starts."""

    state: Path = Path(STATE)
    """Where this installation keeps what must last."""
    artifacts: Path = Path(STATE, "artifacts")
    """Where files of runs are kept, by digest."""
    payloads: Path = Path(STATE, "payloads")
    """Where large payloads are kept; all processes of one installation need the same."""
    secrets: Path = Path(STATE, "secrets")
    """The encrypted secrets."""
    secrets_key: Path = Path(platformdirs.user_config_dir("aether"), "secrets.key")
    """The key they are encrypted with; outside of the project, so that no repository holds both."""
    secrets_key_data: SecretStr | None = None
    """The key itself, 32 bytes as Base64, instead of a file."""
    environment: str = Field(default=DEFAULT_ENVIRONMENT, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    """Where runs that are started get their robots, and where a robot serves: robots of one environment do nothing
    for runs of another."""
    tenant: str = Field(default="", pattern=r"^[^\x00-\x1f]{0,100}$")
    """On whose behalf runs are started; tenants of the same priority take turns."""
    web_ui: str | None = None
    """The base address of the Temporal Web UI."""
    server_file: Path | None = None
    """Another `temporal-dev.yaml`."""
    temporal_cli: Path | None = None
    """Another `temporal` program for the dev server."""
    robot: RobotSettings = RobotSettings()
    orchestrator: OrchestratorSettings = OrchestratorSettings()
    log: LogSettings = LogSettings()
    http: HttpSettings = HttpSettings()
    mail: MailSettings = MailSettings()
    database: DatabaseSettings = DatabaseSettings()
    files: FilesSettings = FilesSettings()
    script: ScriptSettings = ScriptSettings()
    system: SystemSettings = SystemSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    notify: NotifySettings = NotifySettings()
    smtp: SmtpSettings = SmtpSettings()
    temporal: Connection = Field(default=Connection(), exclude=True)

    _sources: dict[str, str] = PrivateAttr(default_factory=dict)

    def with_sources(self, sources: Mapping[str, str]) -> Settings:
        """The same settings, knowing where each was set."""
        copy = self.model_copy()
        copy._sources = dict(sources)  # noqa: SLF001 - its own
        return copy

    @classmethod
    def located(cls, state: Path, **others: object) -> Settings:
        """Settings whose directories all lie in one state directory, unless said otherwise."""
        places = {"state": state, **{name: state / name for name in STATE_PLACES}}
        return cls.model_validate(places | others)

    def taking(self, values: Mapping[str, object], *, source: str) -> Settings:
        """The same settings with some values of another source."""
        return self.model_copy(update=dict(values)).with_sources(self._sources | dict.fromkeys(values, source))

    def source(self, name: str) -> str:
        """Where a setting was set, by its dotted name."""
        return self._sources.get(name, "default")

    def table(self) -> list[Setting]:
        """Every setting with its value and source; secret values are masked."""
        rows = [Setting(name, _text(_value(self, name)), self.source(name)) for name in own_names()]
        connection = {name: getattr(self.temporal, name) for name in Connection.model_fields}
        return rows + [
            Setting(f"temporal.{name}", _text(value), self.source(f"temporal.{name}"))
            for name, value in connection.items()
        ]

    @property
    def web_ui_address(self) -> str | None:
        """The Temporal Web UI: as set, else where the dev server has it; None when nobody can tell."""
        if self.web_ui:
            return self.web_ui.rstrip("/")
        host, _, port = self.temporal.address.rpartition(":")
        local = host in {"localhost", "127.0.0.1"} and port.isdigit()
        return f"http://{host}:{int(port) + 1000}" if local else None

    def run_link(self, run: str, run_id: str | None = None) -> str | None:
        """Where people look at a run."""
        if self.web_ui_address is None:
            return None
        place = f"{self.web_ui_address}/namespaces/{quote(self.temporal.namespace)}/workflows/{quote(run, safe='')}"
        return f"{place}/{run_id}" if run_id else place

    def robot_id(self) -> RobotId:
        """The robot's stable name; the first call makes and keeps one if none is set."""
        if self.robot.id:
            return RobotId(self.robot.id)
        file = self.state / "robot-id"
        try:
            return RobotId(file.read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            host = re.sub(r"[^a-z0-9]+", "-", socket.gethostname().lower()).strip("-")[:40] or "robot"
            private_directory(self.state)
            with suppress(FileExistsError), file.open("x", encoding="utf-8") as new:
                new.write(f"{host}-{uuid4().hex[:4]}\n")
            return self.robot_id()

    def key_text(self) -> str | None:
        """The key of the secrets, where it is set itself."""
        return self.secrets_key_data.get_secret_value() if self.secrets_key_data else None

    def variables(self) -> dict[str, str]:
        """Express these settings as environment variables, for a child process that reads them again."""
        variables = {
            variable_of(name): _plain(value) for name in own_names() if (value := _value(self, name)) is not None
        }
        return variables | self.temporal.environment()


def own_names() -> list[str]:
    """All settings but those of the connection, by their dotted names."""
    return [name for name in known_names(Settings) if not name.startswith("temporal.")]


def _value(settings: Settings, name: str) -> object:
    value: object = settings
    for part in name.split("."):
        value = getattr(value, part)
    return value


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.replace(".", "_").upper()


def _plain(value: object) -> str:
    match value:
        case timedelta():
            return format_duration(value)
        case SecretStr():
            return value.get_secret_value()
        case tuple():
            return ",".join(map(str, value)) or NOTHING
        case dict():
            return json.dumps({key: _dumped(each) for key, each in value.items()})
        case _:
            return str(value)


def _dumped(value: object) -> object:
    return value.model_dump(mode="json", exclude_defaults=True) if isinstance(value, Section) else value


def _text(value: object) -> str:
    match value:
        case None | ():
            return ""
        case SecretStr():
            return "***"
        case dict():
            return ", ".join(f"{key}=***" for key in value)
        case BaseModel():
            return "on"
        case bool():
            return str(value).lower()
        case _:
            return _plain(value)
