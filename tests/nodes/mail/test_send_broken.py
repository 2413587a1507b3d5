"""Servers that break off, babble or fall silent at every point of a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from activities.nodes.mail import send
from tests.support.mailbox import MailServer, account_of
from tests.support.steps import Steps, failure_of

LETTER: dict[str, Any] = {"to": "ann@example.com", "subject": "The report", "text": "It is done."}


@dataclass
class Breaking:
    """A server that answers as it should until it comes to a word."""

    at: str
    says: bytes | None
    """What it says then; None for nothing any more."""
    port: int = 0
    asked: int = 0
    """How many letters it was told of to the end."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            self._answer(writer, "greeting", b"220 mail.test\r\n")
            async for line in reader:
                word = line.split(b" ")[0].strip().upper().decode()
                self._answer(writer, word, b"354 go on\r\n" if word == "DATA" else b"250 fine\r\n")
                if word == "DATA":
                    await reader.readuntil(b"\r\n.\r\n")
                    self.asked += 1
                    self._answer(writer, "letter", b"250 taken\r\n")
        writer.close()

    def _answer(self, writer: asyncio.StreamWriter, word: str, usual: bytes) -> None:
        if word != self.at:
            writer.write(usual)
        elif self.says is not None:
            writer.write(self.says)
        else:
            raise ConnectionResetError


@asynccontextmanager
async def breaking(at: str, says: bytes | None) -> AsyncIterator[Breaking]:
    served = Breaking(at, says)
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0)
    served.port = server.sockets[0].getsockname()[1]
    async with server:
        yield served


def through(server: Breaking) -> dict[str, Any]:
    smtp = {"host": "127.0.0.1", "port": server.port, "security": "none"}
    return LETTER | {"account": {"sender": "office@mail.test", "smtp": smtp}}


@pytest.mark.parametrize("at", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("says", [None, b"500 not me\r\n500 no\r\n"], ids=["breaks off", "refuses"])
async def test_before_the_last_line_nothing_was_sent(steps: Steps, at: str, says: bytes | None) -> None:
    async with breaking(at, says) as server:
        error = await failure_of(steps.do(send.send, through(server), timeout=30))

    assert (False, 0) == (error.acted, server.asked)


@pytest.mark.parametrize("says", [None, b"gibberish\r\n", b"399 what?\r\n", b"250" + b" long" * 3000 + b"\r\n"])
async def test_of_a_letter_that_was_given_to_the_end_nobody_knows(steps: Steps, says: bytes | None) -> None:
    async with breaking("letter", says) as server:
        error = await failure_of(steps.do(send.send, through(server), timeout=30))

    assert ("ServerUnreachableError", None, 1) == (error.type, error.acted, server.asked)


@pytest.mark.parametrize("says", [None, b"", b"gibberish\r\n"], ids=["breaks off", "is silent", "babbles"])
async def test_a_letter_that_was_taken_is_sent_whatever_comes_of_the_farewell(steps: Steps, says: bytes | None) -> None:
    async with breaking("QUIT", says) as server:
        sent = await steps.do(send.send, through(server), timeout=30)

    assert (["ann@example.com"], 1) == (sent["recipients"], server.asked)


async def test_a_server_that_is_slow_at_every_word_does_not_use_up_the_step(steps: Steps) -> None:
    async with breaking("RCPT", b"") as server:
        error = await failure_of(steps.do(send.send, through(server), timeout=4))

    assert ("ServerUnreachableError", False, 0) == (error.type, error.acted, server.asked)


async def test_a_letter_is_sent_though_its_mailbox_is_lost_in_the_middle(
    steps: Steps, office: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known of a letter must not get lost with the connection that should have noted it."""
    lost = account_of(office).model_dump(exclude={"password", "token"}) | {"password": office.password}
    taken = office.smtp.on_letter

    async def lose(content: bytes, recipients: Any) -> None:
        assert taken is not None
        await taken(content, recipients)
        office.break_off()

    monkeypatch.setattr(office.smtp, "on_letter", lose)

    sent = await steps.do(send.send, LETTER | {"account": lost, "check_sent": True})
    again = await steps.do(send.send, LETTER | {"account": lost, "check_sent": True}, attempt=2)

    assert ([False, True], [True, True]) == ([sent["already"], again["already"]], [sent["kept"], again["kept"]])
    assert 1 == len(office.sent)
    assert [frozenset({"\\Seen"})] == [each.flags for each in await office.mailbox("Sent")]


async def test_a_mailbox_without_room_for_the_draft_has_nothing_sent(steps: Steps, office: MailServer) -> None:
    office.refuse_appends()

    error = await failure_of(steps.do(send.send, LETTER | {"check_sent": True}))

    assert (False, []) == (error.acted, office.sent)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"headers": {"X-A: b\r\nBcc: all@example.com\r\nX-C": "d"}}, "expected a header's name such as 'X-Invoice'"),
        ({"headers": {"X A": "d"}}, "expected a header's name"),
        ({"to": '"Ann\r\nall@example.com" <ann@example.com>'}, "on one line"),
        ({"cc": ["ann@example.com\nBcc: all@example.com"]}, "on one line"),
        ({"from": "Office\r\nBcc: all@example.com <office@mail.test>"}, "on one line"),
        ({"references": ["<a@example.com>\r\nBcc: all@example.com"]}, "cannot be written"),
        ({"attachments": [{"path": "a.txt", "name": "a\r\nBcc: all@example.com"}]}, "cannot be written"),
        ({"text": "half of \ud83d"}, "cannot be written"),
        ({"to": []}, "goes to nobody"),
    ],
)
async def test_nothing_that_a_step_is_given_becomes_another_line(
    steps: Steps, office: MailServer, wrong: dict[str, Any], words: str
) -> None:
    await steps.put("a.txt", b"x")

    error = await failure_of(steps.do(send.send, LETTER | wrong))

    assert ("InvalidParamsError", False, []) == (error.type, error.acted, office.sent)
    assert words in error.message


async def test_line_ends_of_other_alphabets_end_no_line_of_a_subject(steps: Steps, office: MailServer) -> None:
    await steps.do(send.send, LETTER | {"subject": "one\u2028two\x85three"})

    assert "one two three" == office.sent[0]["Subject"]


@pytest.mark.parametrize(
    "name", ["Rechnung \u00e4.pdf", "\u8acb\u6c42\u66f8 \U0001f600.pdf", 'a";b.pdf', "\u00e4" * 200 + ".pdf"]
)
async def test_files_keep_their_names(steps: Steps, office: MailServer, name: str) -> None:
    await steps.put("a.pdf", b"%PDF")

    await steps.do(send.send, LETTER | {"attachments": [{"path": "a.pdf", "name": name}]})

    assert [name] == [part.get_filename() for part in office.sent[0].iter_attachments()]
