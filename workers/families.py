"""What a robot can offer beside its sessions, and what each of that needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from activities.drivers.documents import documents_provider, ocr_provider
from activities.drivers.files import files_provider
from activities.drivers.folders import SharedFolder, folders_provider
from activities.drivers.http import HttpDriver
from activities.drivers.oauth import Grant, SecretName
from activities.provider import Provider
from activities.sessions.mailing import Account
from activities.workspace import own_scratch
from workers.keys import local_secrets
from workers.mail_settings import OAuthSettings
from workers.settings import Settings


@dataclass(frozen=True, slots=True)
class Family:
    """One capability that needs no session, and how a robot has it."""

    capability: str
    provider: Callable[[Settings], Provider[Any]]
    modules: tuple[str, ...] = ()
    """What must be importable."""
    extra: str | None = None
    """The extra of Aether's package that brings it."""
    allowed: Callable[[Settings], bool] = lambda _: True
    """Whether the settings let robots offer it."""

    @property
    def missing(self) -> str | None:
        """What this installation lacks for it, and how to get it; None if nothing."""
        lacking = [name for name in self.modules if find_spec(name) is None]
        if not lacking:
            return None
        return f"the extra {self.extra!r} is not installed: run `pip install 'aether-rpa[{self.extra}]'`"


def _http(settings: Settings) -> Provider[Any]:
    http = settings.http
    return HttpDriver(private_addresses=http.private_addresses, max_response=http.max_response).provider()


def _database(settings: Settings) -> Provider[Any]:
    from activities.drivers.database.databases import Databases  # noqa: PLC0415 - slow to load, not needed everywhere
    from activities.drivers.database.place import Named  # noqa: PLC0415 - the same

    named = {
        name: Named(
            url=each.url,
            password=each.password,
            size=each.pool,
            statement_timeout=each.statement_timeout,
            read_only=each.read_only,
            tls=each.tls,
            authorities=each.ca,
            effects_table=each.effects_table,
        )
        for name, each in settings.database.connections.items()
    }
    secrets = local_secrets(settings)
    return Databases(named, secrets, only_named=settings.database.only_named).provider()


def _mail(settings: Settings) -> Provider[Any]:
    from activities.drivers.mail.driver import MailDriver  # noqa: PLC0415 - not needed everywhere

    mail = settings.mail
    accounts = {
        name: Account.model_validate(each.model_dump(exclude={"oauth"})) for name, each in mail.accounts.items()
    }
    grants = {name: _grant(name, each.oauth, mail.ca) for name, each in mail.accounts.items() if each.oauth}
    secrets = local_secrets(settings)
    return MailDriver(accounts, grants=grants, secrets=secrets, authorities=mail.ca, largest=mail.largest).provider()


def _grant(account: str, oauth: OAuthSettings, authorities: Path | None) -> Grant:
    names: Mapping[SecretName, str | None] = {
        "client_secret": oauth.client_secret,
        "refresh_token": oauth.refresh_token,
    }
    return Grant(
        place=f"mail.accounts.{account}.oauth",
        token_url=oauth.token_url,
        client_id=oauth.client_id,
        scope=oauth.scope,
        secrets={field: name for field, name in names.items() if name is not None},
        client_authentication=oauth.client_authentication,
        authorities=authorities,
    )


def _ftp(_: Settings) -> Provider[Any]:
    from activities.drivers.ftp import ftp_provider  # noqa: PLC0415 - slow to load, and not needed everywhere

    return ftp_provider()


def _sftp(_: Settings) -> Provider[Any]:
    from activities.drivers.sftp import sftp_provider  # noqa: PLC0415 - the same

    return sftp_provider()


def _script(settings: Settings) -> Provider[Any]:
    from activities.drivers.script.scripts import Rules, ScriptDriver  # noqa: PLC0415 - exists on POSIX alone

    script = settings.script
    own = (settings.state, settings.artifacts, settings.payloads, settings.secrets, settings.secrets_key.parent)
    rules = Rules(
        scratch=own_scratch(settings.state / "scratch"),
        hidden=tuple(dict.fromkeys(place.absolute() for place in own)),
        memory=script.memory,
        processes=script.processes,
        largest_file=script.largest_file,
        output=script.output,
        user=script.user if os.geteuid() == 0 else None,
        python=script.python,
        shell=script.shell,
        isolation=script.isolation,
        network=script.network,
    )
    return ScriptDriver(rules).provider()


def _system(settings: Settings) -> Provider[Any]:
    from activities.drivers.system.driver import Allowed, system_provider  # noqa: PLC0415 - not needed everywhere

    return system_provider(Allowed(settings.system.programs, settings.system.services))


def _folders(settings: Settings) -> Provider[Any]:
    shared = {name: SharedFolder(each.path, each.read_only) for name, each in settings.files.folders.items()}
    return folders_provider(shared)


FAMILIES: tuple[Family, ...] = (
    Family("database", _database),
    Family(
        "documents", lambda _: documents_provider(), ("PIL", "docx", "pdfplumber", "pypdf", "pypdfium2"), "documents"
    ),
    Family("files", lambda _: files_provider()),
    Family("folders", _folders, allowed=lambda settings: bool(settings.files.folders)),
    Family("ftp", _ftp),
    Family("http", _http),
    Family("mail", _mail),
    Family("ocr", lambda _: ocr_provider(), ("PIL", "cv2", "numpy", "onnxruntime", "pypdfium2", "rapidocr"), "ocr"),
    Family("script", _script, allowed=lambda settings: settings.script.enabled and os.name == "posix"),
    Family("sftp", _sftp, ("asyncssh",), "sftp"),
    Family("system", _system, allowed=lambda settings: settings.system.enabled),
)
"""Drivers that are slow to load or optional are imported by the functions that make their providers."""


def offered_families(settings: Settings) -> tuple[Family, ...]:
    """Those that the settings ask for, whether or not this installation has what they need."""
    wanted = settings.robot.capabilities
    return tuple(family for family in FAMILIES if family.capability in wanted and family.allowed(settings))
