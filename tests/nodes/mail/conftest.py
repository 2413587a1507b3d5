"""What tests of mail nodes share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.drivers.mail.driver import MailDriver
from tests.support.mailbox import MailServer, account_of, mail_server
from tests.support.steps import KnownSecrets, Steps


@pytest.fixture
async def office() -> AsyncIterator[MailServer]:
    """A mail server of the test's own."""
    async with mail_server() as served:
        yield served


@pytest.fixture
def steps(tmp_path: Path, office: MailServer) -> Steps:
    """One run's steps, with an account for mail that is kept where it was sent from."""
    secrets = KnownSecrets({"mail": office.password, "token": office.token, "wrong": "hunter23-wrong"})
    driver = MailDriver({"office": account_of(office)}, secrets=secrets, largest=2_000_000)
    return Steps(tmp_path, driver.provider(), secrets=secrets.values)
