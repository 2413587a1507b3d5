from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.mail import search
from tests.support.mailbox import MailServer, account_of, letter
from tests.support.steps import Steps, failure_of


async def test_a_message_is_told_as_a_person_sees_it(steps: Steps, office: MailServer) -> None:
    message = letter("Überfällig ✓", sender="Änne Ängström <ann@example.com>", files=[("a.pdf", b"%PDF")])
    message["Cc"] = "bob@example.com"
    uid = await office.deliver(message, flags=["\\Flagged"])

    found = await steps.do(search.search, {"flagged": True})

    (told,) = found["messages"]
    assert told["ref"].startswith(f"INBOX;UIDVALIDITY={told['ref'].split('=')[1].split('/')[0]}/;UID={uid};ID=<")
    assert {
        "folder": "INBOX",
        "uid": uid,
        "message_id": message["Message-ID"],
        "from": "ann@example.com",
        "from_name": "Änne Ängström",
        "to": ["office@mail.test"],
        "cc": ["bob@example.com"],
        "subject": "Überfällig ✓",
        "date": "2026-11-21T10:30:00+01:00",
        "seen": False,
        "flagged": True,
        "answered": False,
        "keywords": [],
        "has_attachments": True,
    }.items() <= told.items()


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, ["Invoice 1", "Invoice 2", "Über ✓"]),
        ({"order": "newest", "limit": 2}, ["Über ✓", "Invoice 2"]),
        ({"unseen": True}, ["Invoice 2", "Über ✓"]),
        ({"unseen": False}, ["Invoice 1"]),
        ({"subject": "invoice"}, ["Invoice 1", "Invoice 2"]),
        ({"subject": 'a "quoted" \\ thing'}, []),
        ({"subject": "Über"}, ["Über ✓"]),
        ({"from": "bob@"}, ["Invoice 2"]),
        ({"to": "office"}, ["Invoice 1", "Invoice 2", "Über ✓"]),
        ({"text": "zwei"}, ["Invoice 2"]),
        ({"message_id": "<two@example.com>"}, ["Invoice 2"]),
        ({"since": "2020-01-01", "before": "2999-01-01T00:00:00Z"}, ["Invoice 1", "Invoice 2", "Über ✓"]),
        ({"since": "2999-01-01"}, []),
        ({"before": "2020-01-01"}, []),
        ({"flagged": True}, []),
    ],
    ids=str,
)
async def test_all_that_is_given_must_be_true_of_what_is_found(
    steps: Steps, office: MailServer, criteria: dict[str, Any], expected: list[str]
) -> None:
    await office.deliver(letter("Invoice 1", "eins"), flags=["\\Seen"])
    await office.deliver(letter("Invoice 2", "zwei", sender="bob@example.com", message_id="<two@example.com>"))
    await office.deliver(letter("Über ✓", "drei"))

    found = await steps.do(search.search, criteria)

    assert expected == [message["subject"] for message in found["messages"]]


async def test_a_server_that_looks_for_ascii_only_is_helped(steps: Steps, office: MailServer) -> None:
    office.know_ascii_only()
    await office.deliver(letter("Über 1", "eins"))
    await office.deliver(letter("Über 2", "eins", sender="bob@example.com"))
    await office.deliver(letter("Other", "eins"))

    found = await steps.do(search.search, {"subject": "über", "from": "ann@", "text": "eins"})
    error = await failure_of(steps.do(search.search, {"text": "Grüße"}))

    assert ["Über 1"] == [message["subject"] for message in found["messages"]]
    assert ("ConfigurationError", True) == (error.type, "looks for ASCII only" in error.message)


async def test_a_moment_is_told_from_others_of_its_day(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("first"))
    (told,) = (await steps.do(search.search))["messages"]

    since = await steps.do(search.search, {"since": told["received"]})
    before = await steps.do(search.search, {"before": told["received"]})

    assert (1, 0) == (since["count"], before["count"])


async def test_looking_marks_nothing_as_read(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter())

    await steps.do(search.search)

    assert [frozenset()] == [each.flags for each in await office.mailbox()]


async def test_messages_that_are_broken_are_found_all_the_same(steps: Steps, office: MailServer) -> None:
    await office.deliver(b"From: =?utf-8?q?broken\r\nSubject: caf\xe9 =?nonsense?Q?x?=\r\nDate: whenever\r\n\r\nx")
    await office.deliver(b"no header at all")

    found = await steps.do(search.search)

    assert [("café x", None), ("", None)] == [(each["subject"], each["date"]) for each in found["messages"]]


async def test_a_folder_that_is_not_there_is_named_with_those_that_are(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter(), "Überwachung/Neu")

    error = await failure_of(steps.do(search.search, {"folder": "Überwachung/Alt"}))
    found = await steps.do(search.search, {"folder": "Überwachung/Neu"})

    assert ("ConfigurationError", False) == (error.type, error.acted)
    assert "'Überwachung/Neu'" in error.message
    assert 1 == found["count"]


async def test_a_wrong_password_is_said_without_it(steps: Steps, office: MailServer) -> None:
    wrong = account_of(office).model_dump(exclude={"password", "token"}) | {"password": "hunter23-wrong"}

    error = await failure_of(steps.do(search.search, {"account": wrong}))

    assert ("AccessDeniedError", False) == (error.type, error.acted)
    assert "hunter23" not in error.model_dump_json()


async def test_a_token_opens_a_mailbox(steps: Steps, office: MailServer) -> None:
    account = account_of(office).model_dump(exclude={"password", "token"})

    found = await steps.do(search.search, {"account": account | {"token": office.token}})
    error = await failure_of(steps.do(search.search, {"account": account | {"token": "an old one"}}))

    assert (0, "AccessDeniedError") == (found["count"], error.type)


async def test_a_server_that_is_not_there_cannot_be_reached(steps: Steps, office: MailServer) -> None:
    gone = account_of(office, imap={"host": "127.0.0.1", "port": 1, "security": "none"}).model_dump(
        exclude={"password"}
    )

    error = await failure_of(steps.do(search.search, {"account": gone}))

    assert ("ServerUnreachableError", False) == (error.type, error.acted)


async def test_an_account_without_a_mailbox_says_so(steps: Steps, office: MailServer) -> None:
    sending = account_of(office, imap=None).model_dump(exclude={"password", "token"})

    error = await failure_of(steps.do(search.search, {"account": sending}))

    assert ("ConfigurationError", True) == (error.type, "set its 'imap'" in error.message)


async def test_a_line_break_does_not_get_into_a_command(steps: Steps) -> None:
    error = await failure_of(steps.do(search.search, {"subject": 'x"\r\nA1 DELETE INBOX'}))

    assert ("InvalidParamsError", True) == (error.type, "one line" in error.message)
