from __future__ import annotations

import asyncio

from activities.nodes.mail import move, take
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps


async def test_the_oldest_is_taken_into_a_folder_of_the_step(steps: Steps, office: MailServer) -> None:
    for name in ("other", "invoice 1", "invoice 2"):
        await office.deliver(letter(name))

    taken = await steps.do(take.take, {"subject": "invoice", "into": "In work"})

    assert (True, "invoice 1") == (taken["taken"], taken["message"]["subject"])
    assert taken["message"]["folder"].startswith("In work/run-1-it~")
    assert ["other", "invoice 2"] == [each.subject for each in await office.mailbox()]


async def test_a_repeated_step_gives_what_it_took(steps: Steps, office: MailServer) -> None:
    for name in ("invoice 1", "invoice 2"):
        await office.deliver(letter(name))

    first = await steps.do(take.take, {"subject": "invoice"})
    again = await steps.do(take.take, {"subject": "invoice"}, attempt=2)
    other = await steps.do(take.take, {"subject": "invoice"}, key="run-2/it")
    none = await steps.do(take.take, {"subject": "invoice"}, key="run-3/it")

    assert first == again
    assert "invoice 2" == other["message"]["subject"]
    assert {"message": None, "taken": False} == none


async def test_the_folder_of_a_step_goes_away_with_its_message(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter())
    taken = await steps.do(take.take)

    done = await steps.do(move.move, {"message": taken["message"]["ref"], "to": "Done"})
    again = await steps.do(move.move, {"message": taken["message"]["ref"], "to": "Done"}, attempt=2)

    assert done == again
    assert ["Taken", "INBOX", "Done"] == sorted(await office.folders(), reverse=True)


async def test_of_many_that_take_at_once_each_gets_another(steps: Steps, office: MailServer) -> None:
    for number in range(6):
        await office.deliver(letter(f"invoice {number}"))

    every = await asyncio.gather(*(steps.do(take.take, key=f"run-{number}/it") for number in range(8)))

    assert [f"invoice {number}" for number in range(6)] == sorted(
        each["message"]["subject"] for each in every if each["taken"]
    )
    assert [] == await office.mailbox()


async def test_what_comes_later_is_waited_for(steps: Steps, office: MailServer) -> None:
    waiting = asyncio.create_task(steps.do(take.take, {"within": "30s"}, timeout=60.0))
    await office.listened()
    await office.deliver(letter("late"))

    taken = await waiting

    assert "late" == taken["message"]["subject"]
