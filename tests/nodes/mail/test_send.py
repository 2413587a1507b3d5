from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from activities.drivers.mail.driver import MailDriver
from activities.nodes.mail import send
from tests.support.mailbox import MailServer, account_of
from tests.support.steps import KnownSecrets, Steps, failure_of
from workflows.call import SecretRef, SecretSlot


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """A server that takes connections and never says a word."""
    ended = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        ended.set()


LETTER: dict[str, Any] = {"to": "ann@example.com", "subject": "The report", "text": "Please find it enclosed."}


async def test_a_letter_arrives_as_it_was_written(steps: Steps, office: MailServer) -> None:
    await steps.put("reports/März.csv", "17;99,50 €".encode())

    sent = await steps.do(
        send.send,
        {
            "to": ["Änne Ängström <ann@example.com>", "bob@example.com"],
            "cc": "carl@example.com",
            "bcc": "secret@example.com",
            "subject": "Überfällige Rechnung ✓",
            "text": "Grüße",
            "html": "<p>Grüße</p>",
            "reply_to": "answers@example.com",
            "headers": {"X-Case": "17"},
            "attachments": ["reports/März.csv", {"path": "reports/März.csv", "name": "copy.txt"}],
        },
    )

    (letter,) = office.sent
    assert ["ann@example.com", "bob@example.com", "carl@example.com", "secret@example.com"] == sent["recipients"]
    assert [tuple(sent["recipients"])] == office.smtp.envelopes
    assert ("Überfällige Rechnung ✓", "17", None) == (letter["Subject"], letter["X-Case"], letter["Bcc"])
    assert "Änne Ängström <ann@example.com>, bob@example.com" == letter["To"]
    assert ("The Office <office@mail.test>", "answers@example.com") == (letter["From"], letter["Reply-To"])
    body, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert body is not None
    assert html is not None
    assert ("Grüße\n", "<p>Grüße</p>\n") == (_lines(body), _lines(html))
    assert [("März.csv", "17;99,50 €".encode()), ("copy.txt", "17;99,50 €".encode())] == [
        (each.get_filename(), each.get_payload(decode=True)) for each in letter.iter_attachments()
    ]


def _lines(part: Any) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


async def test_all_attempts_of_a_step_send_the_same_letter(steps: Steps, office: MailServer) -> None:
    first = await steps.do(send.send, LETTER)
    again = await steps.do(send.send, LETTER, attempt=2)
    other = await steps.do(send.send, LETTER, key="run-1/other")

    assert first["message_id"] == again["message_id"] != other["message_id"]
    assert first["message_id"].endswith("@mail.test>")
    assert [first["message_id"]] * 2 == [letter["Message-ID"] for letter in office.sent[:2]]


async def test_a_copy_is_kept_where_the_account_says(steps: Steps, office: MailServer) -> None:
    sent = await steps.do(send.send, LETTER)

    (kept,) = await office.mailbox("Sent")
    assert (True, sent["message_id"]) == (sent["kept"], kept.letter["Message-ID"])


async def test_a_letter_whose_copy_is_lost_is_sent_all_the_same(steps: Steps, office: MailServer) -> None:
    account = account_of(office, imap={"host": "127.0.0.1", "port": 1, "security": "none"}).model_dump(
        exclude={"password", "token"}
    )

    sent = await steps.do(send.send, LETTER | {"account": account | {"password": office.password}})

    assert (1, False) == (len(office.sent), sent["kept"])


async def test_a_recipient_that_is_refused_keeps_others_from_getting_it(steps: Steps, office: MailServer) -> None:
    office.smtp.unknown.add("nobody@example.com")

    error = await failure_of(steps.do(send.send, LETTER | {"cc": "nobody@example.com"}))

    assert ("RequestRefusedError", "business", False) == (error.type, error.kind, error.acted)
    assert "'nobody@example.com': 550 no such user; nothing was sent" in error.message
    assert [] == office.sent


async def test_others_get_it_where_the_step_says_so(steps: Steps, office: MailServer) -> None:
    office.smtp.unknown.add("nobody@example.com")

    sent = await steps.do(send.send, LETTER | {"cc": "nobody@example.com", "partial": True})

    assert (["ann@example.com"], {"nobody@example.com": "no such user"}) == (sent["recipients"], sent["refused"])
    assert [("ann@example.com",)] == office.smtp.envelopes


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("552 too large", ("RequestRefusedError", False)), ("451 try again later", ("ServerFailedError", False))],
)
async def test_a_letter_that_the_server_refuses_was_not_sent(
    steps: Steps, office: MailServer, answer: str, expected: tuple[str, bool]
) -> None:
    office.smtp.refusals.append(answer)

    error = await failure_of(steps.do(send.send, LETTER))

    assert expected == (error.type, error.acted)
    assert answer in error.message


async def test_nobody_knows_of_a_letter_whose_connection_breaks_after_it_was_given(
    steps: Steps, office: MailServer
) -> None:
    office.smtp.drops = 1

    error = await failure_of(steps.do(send.send, LETTER))

    assert ("ServerUnreachableError", None) == (error.type, error.acted)
    assert 1 == len(office.sent)


async def test_a_server_that_is_not_there_was_given_nothing(steps: Steps) -> None:
    gone = {"smtp": {"host": "127.0.0.1", "port": 1, "security": "none"}, "user": "office@mail.test", "password": "x"}

    error = await failure_of(steps.do(send.send, LETTER | {"account": gone}))

    assert ("ServerUnreachableError", "robot", False) == (error.type, error.kind, error.acted)


async def test_a_wrong_password_is_said_without_it(steps: Steps, office: MailServer) -> None:
    account = account_of(office).model_dump(exclude={"password", "token"}) | {"password": "hunter23-wrong"}
    slot = SecretSlot(path=("account", "password"), parts=(SecretRef(secret="wrong"),))

    error = await failure_of(steps.outcome(send.send, LETTER | {"account": account}, slots=[slot]))

    assert ("AccessDeniedError", False) == (error.type, error.acted)
    assert "refuses user 'office'" in error.message
    assert "hunter23" not in error.model_dump_json()


async def test_a_token_opens_an_account(steps: Steps, office: MailServer) -> None:
    account = account_of(office).model_dump(exclude={"password", "token"}) | {"token": office.token}

    sent = await steps.do(send.send, LETTER | {"account": account})

    assert (1, True) == (len(office.sent), sent["kept"])


async def test_what_opens_an_account_of_the_settings_is_masked(steps: Steps, office: MailServer) -> None:
    sent = await steps.do(send.send, LETTER | {"message_id": f"<{office.password}@example.com>"})

    assert "<***@example.com>" == sent["message_id"]


async def test_a_password_in_place_of_its_secrets_name_is_not_said(tmp_path: Any, office: MailServer) -> None:
    accounts = {"office": account_of(office, password="hunter22-itself")}
    (tmp_path / "own").mkdir()
    steps = Steps(tmp_path / "own", MailDriver(accounts, secrets=KnownSecrets()).provider())

    error = await failure_of(steps.do(send.send, LETTER))

    assert "UnknownSecretError" == error.type
    assert "mail.accounts.office.password" in error.message
    assert "hunter22" not in error.model_dump_json()


async def test_an_account_without_an_address_sends_nothing(steps: Steps, office: MailServer) -> None:
    nameless = account_of(office, sender=None).model_dump(exclude={"password", "token"})

    error = await failure_of(steps.do(send.send, LETTER | {"account": nameless}))

    assert ("ConfigurationError", True) == (error.type, "set the account's 'sender'" in error.message)


async def test_an_account_that_nobody_set_is_named(steps: Steps) -> None:
    error = await failure_of(steps.do(send.send, LETTER | {"account": "sales"}))

    assert ("ConfigurationError", False) == (error.type, error.acted)
    assert "'sales'; the settings have 'office'" in error.message


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"to": "ann"}, "found 'ann'"),
        ({"to": "Ann <ann@>"}, "mail address"),
        ({"subject": "a\r\nBcc: all@example.com"}, "one line"),
        ({"headers": {"Subject": "other"}}, "is written by the step itself"),
        ({"headers": {"X-A": "b\nBcc: all@example.com"}}, "'X-A' cannot be"),
        ({"text": None}, "'text', 'html' or both"),
        ({"attachments": ["nowhere.pdf"]}, "no file 'nowhere.pdf'"),
    ],
)
async def test_a_letter_that_cannot_be_written_is_not_sent(
    steps: Steps, office: MailServer, wrong: dict[str, Any], words: str
) -> None:
    error = await failure_of(steps.do(send.send, LETTER | wrong))

    assert ("configuration", False) == (error.kind, error.acted)
    assert words in error.message
    assert [] == office.sent


async def test_a_letter_that_is_too_large_is_not_begun(steps: Steps, office: MailServer) -> None:
    await steps.put("large.bin", b"x" * 3_000_000)

    error = await failure_of(steps.do(send.send, LETTER | {"attachments": ["large.bin"]}))

    assert "at most 2000000 are sent; see the setting 'mail.largest'" in error.message
    assert [] == office.sent


async def test_a_server_that_says_nothing_was_given_nothing(steps: Steps) -> None:
    async with silent() as port:
        account = {"user": "a@example.com", "smtp": {"host": "127.0.0.1", "port": port, "security": "none"}}
        error = await failure_of(steps.do(send.send, LETTER | {"account": account}, timeout=3))

    assert ("ServerUnreachableError", False) == (error.type, error.acted)
