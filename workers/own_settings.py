"""What steps may use of a robot's own: the databases it knows, the programs it may start."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from workers.section import Section
from workflows.duration import Duration


class DatabaseConnection(Section):
    """One database that steps name."""

    url: str
    """Where it is: `postgresql://user@db.example.com/shop`, `mysql://user@db.example.com/shop`, or
    `sqlite:///var/lib/shop.db`."""
    password: str | None = None
    """The name of the secret to sign in with."""
    pool: int = Field(default=10, ge=1, le=100)
    """How many connections to it this robot holds at most."""
    statement_timeout: Duration | None = None
    """How long the server works at one statement."""
    read_only: bool = False
    """Whether nothing may be changed."""
    tls: Literal["off", "prefer", "require", "verify"] = "prefer"
    """How the connection is encrypted: not at all, if the server can, always, or by a certificate that is checked."""
    ca: Path | None = None
    """A file of certificates to trust besides those that the system trusts."""
    effects_table: str = Field(default="aether_effects", pattern=r"^\w+(\.\w+)?$")
    """The table in which `exactly_once` keeps what was done."""

    @field_validator("url")
    @classmethod
    def _without_password(cls, url: str) -> str:
        try:
            found = urlsplit(url).password
        except ValueError:
            found = None  # who connects says what is wrong
        if found is not None:
            msg = "expected an address without a password; name its secret in 'password'"
            raise ValueError(msg)
        return url


class DatabaseSettings(Section):
    """What `database.*` nodes may reach."""

    connections: dict[str, DatabaseConnection] = Field(default={})
    """The databases that steps name, each a table of its own."""
    only_named: bool = False
    """Whether steps may use these alone, and no server that they name themselves."""


class SharedFolderSettings(Section):
    """One folder of the host."""

    path: Path
    """Where it is, from the root of the file system: `/mnt/share/in`, `\\\\server\\share`."""
    read_only: bool = False
    """Whether steps may only take files from it."""

    @field_validator("path")
    @classmethod
    def _whole(cls, path: Path) -> Path:
        if not path.is_absolute():
            msg = "expected an absolute path such as '/mnt/share/in'"
            raise ValueError(msg)
        return path


class FilesSettings(Section):
    """What `folder.*` nodes may reach of the host; robots that share none do not offer them."""

    folders: dict[str, SharedFolderSettings] = Field(default={})
    """The folders that steps name, each a table of its own."""


class ScriptSettings(Section):
    """What `script.*` nodes may do; robots on Windows do not offer them."""

    enabled: bool = False
    """Whether robots run the programs of documents."""
    isolation: Literal["auto", "required", "off"] = "auto"
    """Whether programs run apart from the robot, by namespaces of Linux: where these can be had, always, or never."""
    network: bool = True
    """Whether they may use the network; keeping them off it needs isolation."""
    user: str = "nobody"
    """As whom they run where the robot is root; else they run as the robot does."""
    memory: int = Field(default=512 * 1024**2, ge=16 * 1024**2)
    """How much memory each of their processes may have, in bytes."""
    processes: int = Field(default=64, ge=1)
    """How many processes they may have."""
    largest_file: int = Field(default=1024**3, ge=1)
    """The largest file they may write, in bytes."""
    output: int = Field(default=4 * 1024**2, ge=1024)
    """How much they may print, in bytes."""
    python: Path | None = None
    """The Python for `script.python`; by default the robot's own, or the system's where that cannot be used."""
    shell: Path = Path("/bin/sh")
    """The shell for `script.shell`."""


class SystemSettings(Section):
    """What `process.*` and `service.*` nodes may do on the robot's machine."""

    enabled: bool = False
    """Whether steps may look at its programs and services."""
    programs: tuple[str, ...] = ()
    """The programs that `process.end` may end, by the names of their files, e.g. `EXCEL.EXE`."""
    services: tuple[str, ...] = ()
    """The services that `service.start`, `service.stop` and `service.restart` may touch."""
