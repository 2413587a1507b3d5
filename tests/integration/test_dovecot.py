"""What only a grown mail server does: marks on conditions, keywords, folders with a purpose."""

from __future__ import annotations

import asyncio
import imaplib
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from activities.drivers.mail.driver import MailDriver
from activities.nodes.mail import delete, flag, folders, move, search, take
from activities.sessions.mailing import Account
from tests.support.dovecot import PASSWORD, dovecot, dovecot_program
from tests.support.mailbox import letter
from tests.support.steps import KnownSecrets, Steps

pytestmark = pytest.mark.skipif(dovecot_program() is None, reason="needs Dovecot, and to be the superuser")


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    async with dovecot(dovecot_program() or "") as served:
        yield served


@pytest.fixture
def steps(tmp_path: Path, port: int, user: str) -> Steps:
    """Steps with an account that has no mail yet."""
    account = Account.model_validate(
        {
            "user": user,
            "password": "mail",
            "imap": {"host": "127.0.0.1", "port": port, "security": "none"},
        }
    )
    secrets = KnownSecrets({"mail": PASSWORD})
    return Steps(tmp_path, MailDriver({"office": account}, secrets=secrets).provider())


@pytest.fixture
def user(tmp_path: Path) -> str:
    return f"user{abs(hash(tmp_path))}"


async def deliver(steps: Steps, port: int, user: str, *subjects: str) -> list[str]:
    """Have messages in the INBOX; gives their references."""

    def put() -> None:
        with imaplib.IMAP4("127.0.0.1", port) as client:
            client.login(user, PASSWORD)
            for subject in subjects:
                client.append("INBOX", "", "", letter(subject).as_bytes())

    await asyncio.to_thread(put)
    found = await steps.do(search.search)
    return [message["ref"] for message in found["messages"]]


async def test_of_many_that_take_at_once_each_gets_another(steps: Steps, port: int, user: str) -> None:
    """Dovecot moves as if it copied and deleted: without marks, two steps can get the same message."""
    subjects = [f"invoice {number}" for number in range(12)]
    await deliver(steps, port, user, *subjects)

    every = await asyncio.gather(*(steps.do(take.take, key=f"run-{number}/it") for number in range(16)))
    again = [await steps.do(take.take, key=f"run-{number}/it") for number in range(16)]

    assert sorted(subjects) == sorted(each["message"]["subject"] for each in every if each["taken"])
    assert every == again
    assert [[]] * 12 == [each["message"]["keywords"] for each in every if each["taken"]]


async def test_what_a_lost_step_has_marked_is_its_own(steps: Steps, port: int, user: str) -> None:
    """It was cut off after it marked a message, and before it moved it."""
    _, second = await deliver(steps, port, user, "invoice 1", "invoice 2")
    await steps.do(flag.flag, {"message": second, "add": [f"aether-{sha256(b'run-1/it').hexdigest()[:16]}"]})

    other = await steps.do(take.take, key="run-2/it")
    none = await steps.do(take.take, key="run-3/it")
    again = await steps.do(take.take, key="run-1/it", attempt=2)

    assert ("invoice 1", False, "invoice 2") == (
        other["message"]["subject"], none["taken"], again["message"]["subject"],
    )  # fmt: skip


async def test_folders_keywords_and_the_trash_are_the_servers(steps: Steps, port: int, user: str) -> None:
    (ref,) = await deliver(steps, port, user, "Überfällig")

    await steps.do(flag.flag, {"message": ref, "add": ["paid"]})
    found = await steps.do(search.search, {"subject": "überfällig", "keyword": "paid"})
    moved = await steps.do(move.move, {"message": ref, "to": "Erledigt & gut/Früh"})
    await steps.do(delete.delete, {"message": moved["ref"]})

    assert [["paid"]] == [message["keywords"] for message in found["messages"]]
    assert {("Erledigt & gut/Früh", 0, None), ("Papierkorb", 1, "trash"), ("INBOX", 0, None)} == {
        (each["name"], each["messages"], each["special"]) for each in (await steps.do(folders.folders))["folders"]
    }
