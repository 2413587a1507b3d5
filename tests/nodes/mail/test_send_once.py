"""Letters that are looked for before they are sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from activities.drivers.mail.driver import MailDriver
from activities.nodes.mail import send
from tests.support.mailbox import MailServer, account_of, letter
from tests.support.steps import KnownSecrets, Steps, failure_of

LETTER: dict[str, Any] = {
    "to": "ann@example.com",
    "subject": "The report",
    "text": "Please find it enclosed.",
    "check_sent": True,
}


@pytest.fixture
def keeping(tmp_path: Path, office: MailServer) -> Steps:
    """Steps with an account whose server keeps what it sends by itself."""
    (tmp_path / "keeping").mkdir()
    accounts = {"office": account_of(office, server_keeps_sent=True)}
    return Steps(tmp_path / "keeping", MailDriver(accounts, secrets=KnownSecrets({"mail": office.password})).provider())


async def test_a_letter_that_was_sent_is_not_sent_again(steps: Steps, office: MailServer) -> None:
    named = LETTER | {"message_id": "report-17@example.com"}

    first = await steps.do(send.send, named)
    again = await steps.do(send.send, named, attempt=2)

    assert (False, True, "<report-17@example.com>") == (first["already"], again["already"], again["message_id"])
    assert 1 == len(office.sent)
    assert [(frozenset({"\\Seen"}), "The report")] == [
        (each.flags, each.subject) for each in await office.mailbox("Sent")
    ]


async def test_a_letter_that_may_have_been_sent_is_left_to_a_person(steps: Steps, office: MailServer) -> None:
    office.smtp.drops = 1

    first = await failure_of(steps.do(send.send, LETTER))
    again = await failure_of(steps.do(send.send, LETTER, attempt=2))

    assert ("ServerUnreachableError", None) == (first.type, first.acted)
    assert ("OutcomeUnknownError", None) == (again.type, again.acted)
    assert "remove the draft from folder 'Sent'" in again.message
    assert 1 == len(office.sent)


async def test_a_letter_that_was_refused_leaves_no_trace_and_is_sent_by_the_next_attempt(
    steps: Steps, office: MailServer
) -> None:
    office.smtp.refusals.append("451 try again later")

    await failure_of(steps.do(send.send, LETTER))
    left = await office.mailbox("Sent")
    again = await steps.do(send.send, LETTER, attempt=2)

    assert ([], False, 1) == (left, again["already"], len(office.sent))


async def test_a_person_can_say_that_a_letter_has_arrived(steps: Steps, office: MailServer) -> None:
    sent = await steps.do(send.send, LETTER | {"check_sent": False, "account": None})
    await office.deliver(letter(message_id=sent["message_id"]), "Sent", flags=["\\Seen"])

    again = await steps.do(send.send, LETTER, attempt=3)

    assert (True, 1) == (again["already"], len(office.sent))


async def test_an_account_that_keeps_nothing_cannot_be_looked_at(tmp_path: Path, office: MailServer) -> None:
    account = account_of(office, sent_folder=None)
    (tmp_path / "own").mkdir()
    steps = Steps(
        tmp_path / "own", MailDriver({"a": account}, secrets=KnownSecrets({"mail": office.password})).provider()
    )

    error = await failure_of(steps.do(send.send, LETTER))

    assert ("ConfigurationError", True) == (error.type, "set 'sent_folder'" in error.message)


async def test_what_the_server_keeps_tells_how_a_broken_connection_ended(keeping: Steps, office: MailServer) -> None:
    office.smtp.keeps = "Sent"
    office.smtp.drops = 1

    sent = await keeping.do(send.send, LETTER)
    again = await keeping.do(send.send, LETTER, attempt=2)

    assert (False, True, True) == (sent["already"], sent["kept"], again["already"])
    assert 1 == len(office.sent)
