from __future__ import annotations

from activities.nodes.mail import read, search
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps, failure_of


async def ref(steps: Steps, **criteria: object) -> str:
    found = await steps.do(search.search, criteria)
    return str(found["messages"][0]["ref"])


async def test_a_message_is_read_with_all_that_came_with_it(steps: Steps, office: MailServer) -> None:
    message = letter(
        "Rechnung", "Bitte zahlen: 5 €", message_id="<b@x>", files=[("Räder.pdf", b"%PDF"), ("t.csv", b"1;2")]
    )
    message.get_body(("plain",))
    message["References"] = "<a@x>"
    await office.deliver(message)

    told = await steps.do(read.read, {"message": await ref(steps)})

    assert ("Rechnung", "Bitte zahlen: 5 €\n", None) == (told["message"]["subject"], told["text"], told["html"])
    assert ("<b@x>", ["<a@x>", "<b@x>"]) == (told["headers"]["message-id"], told["references"])
    assert [("Räder.pdf", "application/pdf", 4, None), ("t.csv", "application/octet-stream", 3, None)] == [
        (each["name"], each["type"], each["size"], each["path"]) for each in told["attachments"]
    ]
    assert {} == steps.files
    assert [frozenset()] == [each.flags for each in await office.mailbox()]


async def test_files_are_saved_and_the_message_counts_as_read_where_the_step_says_so(
    steps: Steps, office: MailServer
) -> None:
    await office.deliver(letter(files=[("a.pdf", b"%PDF")]))

    told = await steps.do(read.read, {"message": await ref(steps), "save_to": "in/mail", "mark_seen": True})

    assert (b"%PDF", "in/mail/a.pdf") == (await steps.content("in/mail/a.pdf"), told["attachments"][0]["path"])
    assert told["message"]["seen"]
    assert [frozenset({"\\Seen"})] == [each.flags for each in await office.mailbox()]


async def test_what_is_written_in_html_only_is_told_as_text_too(steps: Steps, office: MailServer) -> None:
    page = b"<head><title>T</title><style>p{}</style></head><p>Total:&nbsp;<b>5</b> &euro;</p><p>Thanks</p>"
    await office.deliver(b"Subject: x\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n" + page)

    told = await steps.do(read.read, {"message": await ref(steps)})

    assert ("Total:\xa05 €\n\nThanks", page.decode()) == (told["text"], told["html"].strip())


async def test_a_broken_message_is_read_as_far_as_it_goes(steps: Steps, office: MailServer) -> None:
    await office.deliver(
        b"Subject: broken\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=nonsense\r\n\r\ncaf\xe9\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBE!!Rg=\r\n"
    )

    told = await steps.do(read.read, {"message": await ref(steps)})

    assert ("café", ["attachment-1.pdf"]) == (told["text"].strip(), [each["name"] for each in told["attachments"]])


async def test_a_message_can_be_asked_for_by_its_message_id(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter(message_id="<sent-1@x>"), "Sent")

    told = await steps.do(read.read, {"message_id": "<sent-1@x>", "folder": "Sent"})
    error = await failure_of(steps.do(read.read, {"message_id": "<sent-2@x>", "folder": "Sent"}))

    assert "Please pay.\n" == told["text"]
    assert ("RequestRefusedError", "business", {"status": 404}) == (error.type, error.kind, error.details)


async def test_a_reference_never_means_another_message(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("first"), "Work")
    first = await ref(steps, folder="Work")
    await office.renew("Work")
    await office.deliver(letter("another"), "Work")

    error = await failure_of(steps.do(read.read, {"message": first}))

    assert ("RequestRefusedError", {"status": 410}) == (error.type, error.details)
    assert "was made anew" in error.message


async def test_a_message_that_is_too_large_is_refused(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter(files=[("large.bin", b"x" * 2_000_000)]))

    error = await failure_of(steps.do(read.read, {"message": await ref(steps)}))

    assert "ResultTooLargeError" == error.type
    assert "at most 2000000 are read; the setting 'mail.largest'" in error.message


async def test_what_is_no_reference_is_refused(steps: Steps) -> None:
    error = await failure_of(steps.do(read.read, {"message": "17"}))

    assert ("InvalidParamsError", True) == (error.type, "mail.search" in error.message)
