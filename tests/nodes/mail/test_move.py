from __future__ import annotations

from activities.nodes.mail import move, read, search
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps, failure_of


async def refs(steps: Steps, folder: str = "INBOX") -> list[str]:
    found = await steps.do(search.search, {"folder": folder})
    return [str(message["ref"]) for message in found["messages"]]


async def test_messages_are_moved_and_told_by_their_new_names(steps: Steps, office: MailServer) -> None:
    for name in ("a", "b", "c"):
        await office.deliver(letter(name))
    first, second, _ = await refs(steps)

    moved = await steps.do(move.move, {"message": [first, second], "to": "Erledigt/Früh & spät"})

    assert ["c"] == [each.subject for each in await office.mailbox()]
    assert ["a", "b"] == [each.subject for each in await office.mailbox("Erledigt/Früh & spät")]
    assert (moved["refs"][0], await refs(steps, "Erledigt/Früh & spät")) == (moved["ref"], moved["refs"])
    assert "b" == (await steps.do(read.read, {"message": moved["refs"][1]}))["message"]["subject"]


async def test_a_message_that_was_moved_before_is_found_where_it_is(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter())
    (before,) = await refs(steps)

    first = await steps.do(move.move, {"message": before, "to": "Done"})
    again = await steps.do(move.move, {"message": before, "to": "Done"}, attempt=2)
    once_more = await steps.do(move.move, {"message": again["ref"], "to": "Done"})

    assert first == again == once_more
    assert 1 == len(await office.mailbox("Done"))


async def test_a_message_that_is_nowhere_any_more_is_said(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter())
    (before,) = await refs(steps)
    await steps.do(move.move, {"message": before, "to": "Elsewhere"})

    error = await failure_of(steps.do(move.move, {"message": before, "to": "Done"}))

    assert ("RequestRefusedError", "business", {"status": 410}) == (error.type, error.kind, error.details)
    assert "neither in folder 'INBOX' nor in 'Done'" in error.message


async def test_a_server_that_knows_no_moving_loses_nothing(steps: Steps, office: MailServer) -> None:
    """Whoever writes a message may give it the Message-ID of another one."""
    office.know_no_moving()
    await office.deliver(letter("Another", message_id="<same@example.com>"), "Done")
    await office.deliver(letter("Invoice 18", message_id="<same@example.com>"))
    (before,) = await refs(steps)

    await steps.do(move.move, {"message": before, "to": "Done"})
    await steps.do(move.move, {"message": before, "to": "Done"}, attempt=2)

    assert ["Another", "Invoice 18"] == [each.subject for each in await office.mailbox("Done")]
    assert [] == await office.mailbox()


async def test_what_an_attempt_has_copied_is_not_copied_again(steps: Steps, office: MailServer) -> None:
    office.know_no_moving()
    await office.deliver(letter())
    (before,) = await refs(steps)
    await office.copy("INBOX", "Done")

    await steps.do(move.move, {"message": before, "to": "Done"}, attempt=2)

    assert (0, 1) == (len(await office.mailbox()), len(await office.mailbox("Done")))
