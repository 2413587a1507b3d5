from __future__ import annotations

from activities.nodes.mail import reply, search
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps


async def ref(steps: Steps) -> str:
    found = await steps.do(search.search)
    return str(found["messages"][0]["ref"])


async def test_an_answer_belongs_to_what_it_answers(steps: Steps, office: MailServer) -> None:
    message = letter("Rechnung 17", "Bitte zahlen.\nDanke", message_id="<17@example.com>")
    message["References"] = "<16@example.com>"
    await office.deliver(message)

    sent = await steps.do(reply.reply, {"message": await ref(steps), "text": "Ist bezahlt."})

    (answer,) = office.sent
    assert (["ann@example.com"], "Re: Rechnung 17") == (sent["recipients"], answer["Subject"])
    assert ("<17@example.com>", "<16@example.com> <17@example.com>") == (answer["In-Reply-To"], answer["References"])
    assert [
        "Ist bezahlt.",
        "",
        "On Sat, 21 Nov 2026 10:30:00 +0100, Ann Example <ann@example.com> wrote:",
        "",
        "> Bitte zahlen.",
        "> Danke",
    ] == answer.get_content().splitlines()
    assert [frozenset({"\\Answered"})] == [each.flags for each in await office.mailbox()]


async def test_everybody_gets_an_answer_but_the_one_who_answers(steps: Steps, office: MailServer) -> None:
    message = letter("Re: Termin", to="office@mail.test, Bob <bob@example.com>")
    message["Cc"] = "carl@example.com, ann@example.com"
    message["Reply-To"] = "secretary@example.com"
    await office.deliver(message)

    sent = await steps.do(
        reply.reply,
        {"message": await ref(steps), "text": "Ja.", "everybody": True, "quote": False, "cc": "d@example.com"},
    )

    (answer,) = office.sent
    assert ["secretary@example.com", "d@example.com", "bob@example.com", "carl@example.com", "ann@example.com"] == sent[
        "recipients"
    ]
    assert ("Re: Termin", "Ja.") == (answer["Subject"], answer.get_content().strip())
