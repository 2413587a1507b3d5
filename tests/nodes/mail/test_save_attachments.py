from __future__ import annotations

import os

from activities.nodes.mail import save_attachments, search
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps


async def ref(steps: Steps) -> str:
    found = await steps.do(search.search)
    return str(found["messages"][0]["ref"])


async def test_files_that_fit_a_pattern_are_saved_and_large_ones_are_whole(steps: Steps, office: MailServer) -> None:
    large = os.urandom(1_300_000)
    await office.deliver(letter(files=[("A.PDF", b"one"), ("large.pdf", large), ("c.csv", b"three")]))

    saved = await steps.do(
        save_attachments.save_attachments, {"message": await ref(steps), "pattern": "*.pdf", "to": "in"}
    )

    assert ["in/A.PDF", "in/large.pdf"] == saved["paths"]
    assert (3, len(large)) == tuple(each["size"] for each in saved["files"])
    assert large == await steps.content("in/large.pdf")


async def test_names_lead_nowhere_else_and_none_is_lost(steps: Steps, office: MailServer) -> None:
    names = [
        "../../etc/passwd",
        "C:\\Windows\\win.ini",
        "con.txt",
        "same.txt",
        "SAME.txt",
        "same.txt",
        "...",
        "a\u202etxt.exe",
    ]
    await office.deliver(letter(files=[(name, str(number).encode()) for number, name in enumerate(names)]))

    saved = await steps.do(save_attachments.save_attachments, {"message": await ref(steps)})

    assert ["passwd", "win.ini", "_con.txt", "same.txt", "SAME.txt", "same (2).txt", "attachment", "atxt.exe"] == saved[
        "paths"
    ]
    assert [b"3", b"5"] == [await steps.content("same.txt"), await steps.content("same (2).txt")]


async def test_a_file_that_the_run_has_is_not_written_over(steps: Steps, office: MailServer) -> None:
    await steps.put("invoice.pdf", b"mine")
    await office.deliver(letter(files=[("invoice.pdf", b"theirs")]))

    saved = await steps.do(save_attachments.save_attachments, {"message": await ref(steps)})

    assert (["invoice (2).pdf"], b"mine") == (saved["paths"], await steps.content("invoice.pdf"))


async def test_pictures_of_the_text_are_left_out_unless_they_are_wanted(steps: Steps, office: MailServer) -> None:
    message = letter(files=[("a.pdf", b"%PDF")])
    message.add_attachment(b"png", maintype="image", subtype="png", filename="logo.png", disposition="inline")
    await office.deliver(message)

    usual = await steps.do(save_attachments.save_attachments, {"message": await ref(steps), "to": "a"})
    every = await steps.do(save_attachments.save_attachments, {"message": await ref(steps), "to": "b", "inline": True})

    assert (["a/a.pdf"], ["b/a.pdf", "b/logo.png"]) == (usual["paths"], every["paths"])
