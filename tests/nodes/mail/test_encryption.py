"""Encrypted connections, by either protocol."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from activities.drivers.mail.driver import MailDriver
from activities.nodes.mail import folders, send
from tests.support.mailbox import MailServer, account_of, mail_server
from tests.support.steps import KnownSecrets, Steps, failure_of
from tests.support.tls import make_certificate, serving

LETTER: dict[str, Any] = {"to": "ann@example.com", "subject": "The report", "text": "Please find it enclosed."}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def steps_of(directory: Path, office: MailServer, security: str, *, authorities: Path | None) -> Steps:
    account = account_of(
        office,
        smtp={"host": office.host, "port": office.smtp_port, "security": security},
        imap={"host": office.host, "port": office.imap_port, "security": security},
    )
    secrets = KnownSecrets({"mail": office.password})
    return Steps(directory, MailDriver({"office": account}, secrets=secrets, authorities=authorities).provider())


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_letters_and_mailboxes_are_reached_encrypted(tmp_path: Path, certificate: Path, security: str) -> None:
    async with mail_server(serving(certificate), at_once=security == "tls") as office:
        steps = steps_of(tmp_path, office, security, authorities=certificate)
        sent = await steps.do(send.send, LETTER)

    assert (True, [True]) == (sent["kept"], office.smtp.encrypted)


async def test_a_server_that_nobody_vouches_for_learns_no_password(tmp_path: Path, certificate: Path) -> None:
    async with mail_server(serving(certificate), at_once=True) as office:
        steps = steps_of(tmp_path, office, "tls", authorities=None)
        sending = await failure_of(steps.do(send.send, LETTER))
        looking = await failure_of(steps.do(folders.folders))

    assert [("ServerUnreachableError", False)] * 2 == [(each.type, each.acted) for each in (sending, looking)]
    assert all("certificate" in each.message for each in (sending, looking))


async def test_a_server_without_encryption_learns_no_password_either(tmp_path: Path) -> None:
    async with mail_server() as office:
        steps = steps_of(tmp_path, office, "starttls", authorities=None)
        sending = await failure_of(steps.do(send.send, LETTER))
        looking = await failure_of(steps.do(folders.folders))

    assert ["ConfigurationError"] * 2 == [each.type for each in (sending, looking)]
    assert all("'security'" in each.message for each in (sending, looking))
