"""What robots offer beside sessions, made from the settings."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from activities.drivers.local_secrets import LocalSecrets
from activities.nodes.mail import folders
from tests.support.mailbox import mail_server
from tests.support.repository import ROOT
from tests.support.steps import Steps
from workers.families import FAMILIES
from workers.layers import read_settings


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


def test_the_accounts_of_the_page_on_mail_can_be_set(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "mail.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "aether.toml").write_text(example)

    account = read_settings(environ={}, directory=tmp_path).mail.accounts["office"]

    assert ("office-mail", "Sent") == (account.password, account.sent_folder)
