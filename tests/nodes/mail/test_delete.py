from __future__ import annotations

from activities.nodes.mail import delete, search
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps, failure_of


async def refs(steps: Steps) -> list[str]:
    found = await steps.do(search.search)
    return [str(message["ref"]) for message in found["messages"]]


async def test_only_what_is_named_is_deleted(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("a"), flags=["\\Deleted"])
    await office.deliver(letter("b"))
    await office.deliver(letter("c"))
    *_, last = await refs(steps)

    first = await steps.do(delete.delete, {"message": last, "permanent": True})
    again = await steps.do(delete.delete, {"message": last, "permanent": True}, attempt=2)

    assert (1, 0) == (first["count"], again["count"])
    assert ["a", "b"] == [each.subject for each in await office.mailbox()]


async def test_a_mailbox_without_a_trash_deletes_nothing_unasked(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter())

    error = await failure_of(steps.do(delete.delete, {"message": await refs(steps)}))

    assert ("ConfigurationError", True) == (error.type, "'permanent: true'" in error.message)
    assert 1 == len(await office.mailbox())


async def test_what_is_thrown_away_is_in_the_trash(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("a"))
    thrown = {"message": await refs(steps), "trash": "Papierkorb"}

    first = await steps.do(delete.delete, thrown)
    again = await steps.do(delete.delete, thrown, attempt=2)

    assert (1, 0) == (first["count"], again["count"])
    assert ["a"] == [each.subject for each in await office.mailbox("Papierkorb")]
