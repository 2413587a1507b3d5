"""What robots offer beside sessions, made from the settings."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from pathlib import Path

import pytest

from activities.drivers.local_secrets import LocalSecrets
from activities.nodes.mail import folders
from tests.support.mailbox import mail_server
from tests.support.repository import ROOT
from tests.support.steps import Steps
from tests.support.tokens import token_server
from workers.configuration import InvalidSettingError
from workers.families import FAMILIES, offered_families
from workers.layers import read_settings

OAUTH = '{token_url = "https://login.example/token", client_id = "c", refresh_token = "r"}'


async def test_a_mail_account_of_the_settings_is_opened_with_a_secret_of_the_installation(tmp_path: Path) -> None:
    (family,) = [family for family in FAMILIES if family.capability == "mail"]
    async with mail_server() as office:
        (tmp_path / "aether.toml").write_text(
            f'[mail.accounts.office]\nuser = "{office.user}"\npassword = "office-mail"\n'
            f'imap = {{host = "{office.host}", port = {office.imap_port}, security = "none"}}\n'
        )
        settings = read_settings(environ={"AETHER_SECRETS_KEY": str(tmp_path / "key")}, directory=tmp_path)
        secrets = LocalSecrets(settings.secrets, settings.secrets_key)
        await asyncio.to_thread(secrets.set, "office-mail", office.password)
        steps = Steps(tmp_path, family.provider(settings))

        listed = await steps.do(folders.folders, {"account": "office"})

    assert ["INBOX"] == [folder["name"] for folder in listed["folders"]]


async def test_a_mail_account_of_the_settings_is_opened_with_a_token_of_its_server(tmp_path: Path) -> None:
    (family,) = [family for family in FAMILIES if family.capability == "mail"]
    async with mail_server() as office, token_server() as server:
        (tmp_path / "aether.toml").write_text(
            f'[mail.accounts.office]\nuser = "{office.user}"\n'
            f'imap = {{host = "{office.host}", port = {office.imap_port}, security = "none"}}\n'
            f'[mail.accounts.office.oauth]\ntoken_url = "{server.url}"\nclient_id = "{server.client_id}"\n'
            'client_secret = "client"\n'
        )
        settings = read_settings(environ={"AETHER_SECRETS_KEY": str(tmp_path / "key")}, directory=tmp_path)
        secrets = LocalSecrets(settings.secrets, settings.secrets_key)
        await asyncio.to_thread(secrets.set, "client", server.client_secret)
        server.on_token = partial(setattr, office.smtp, "token")
        steps = Steps(tmp_path, family.provider(settings))

        listed = await steps.do(folders.folders)

    assert ["INBOX"] == [folder["name"] for folder in listed["folders"]]
    assert "client_credentials" == server.requests[0]["grant_type"]


def test_the_accounts_of_the_page_on_mail_can_be_set(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")
    plain, renewing = (
        read_settings(environ={}, directory=_with_file(tmp_path / str(number), example)).mail.accounts["office"]
        for number, example in enumerate(re.findall(r"```toml\n(.*?)```", page, re.DOTALL))
    )

    assert ("office-mail", "Sent") == (plain.password, plain.sent_folder)
    assert "office-refresh" == (renewing.oauth and renewing.oauth.refresh_token)


@pytest.mark.parametrize(
    ("account", "words"),
    [
        ('password = "p"\ntoken = "t"', "found 'password' and 'token'"),
        (f'password = "p"\noauth = {OAUTH}', "found 'password' and 'oauth'"),
        (f"oauth = {OAUTH}", "expected a 'user'"),
        (f'user = "ann"\noauth = {OAUTH.replace("https", "http")}', "begins with 'https://'"),
        (f'user = "ann"\noauth = {OAUTH.replace("refresh_token", "scope")}', "expected a 'refresh_token'"),
    ],
)
def test_an_account_that_cannot_be_opened_as_it_says_is_refused(tmp_path: Path, account: str, words: str) -> None:
    directory = _with_file(tmp_path / "wrong", f"[mail.accounts.office]\n{account}\n")

    with pytest.raises(InvalidSettingError, match=re.escape(words)):
        read_settings(environ={}, directory=directory)


def test_the_machine_is_offered_only_where_the_page_on_it_is_followed(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "system.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)

    without = read_settings(environ={}, directory=_with_file(tmp_path / "without", ""))
    allowed = read_settings(environ={}, directory=_with_file(tmp_path / "with", example))
    by_variables = read_settings(environ=allowed.variables(), directory=tmp_path)

    assert [False, True, True] == [
        "system" in {family.capability for family in offered_families(each)}
        for each in (without, allowed, by_variables)
    ]
    assert (("EXCEL.EXE", "soffice.bin"), ("Spooler", "office-sync")) == (
        by_variables.system.programs,
        by_variables.system.services,
    )


def _with_file(directory: Path, content: str) -> Path:
    directory.mkdir()
    (directory / "aether.toml").write_text(content)
    return directory
