from __future__ import annotations

from activities.nodes.mail import forward, search
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps


async def test_a_message_is_passed_on_with_its_files(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("Rechnung 17", "Bitte zahlen.", files=[("Räder.pdf", b"%PDF")]))
    await steps.put("note.txt", b"mine")
    found = await steps.do(search.search)

    sent = await steps.do(
        forward.forward,
        {
            "message": found["messages"][0]["ref"],
            "to": "books@example.com",
            "text": "Please file this.",
            "attachments": ["note.txt"],
        },
    )

    (passed,) = office.sent
    body = passed.get_body(("plain",))
    assert body is not None
    assert (["books@example.com"], "Fwd: Rechnung 17") == (sent["recipients"], passed["Subject"])
    assert [
        "Please file this.",
        "",
        "---------- Forwarded message ----------",
        "From: Ann Example <ann@example.com>",
    ] == (body.get_content().splitlines()[:4])
    assert "Bitte zahlen." == body.get_content().splitlines()[-1]
    assert [("Räder.pdf", b"%PDF"), ("note.txt", b"mine")] == [
        (each.get_filename(), each.get_payload(decode=True)) for each in passed.iter_attachments()
    ]
