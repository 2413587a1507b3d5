from __future__ import annotations

from activities.nodes.mail import folders
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps


async def test_folders_are_listed_with_what_is_in_them(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("a"), flags=["\\Seen"])
    await office.deliver(letter("b"))
    await office.deliver(letter("c"), 'Büro & "Co"/2026')

    listed = await steps.do(folders.folders)

    assert [("INBOX", 2, 1), ('Büro & "Co"/2026', 1, 1)] == [
        (each["name"], each["messages"], each["unseen"]) for each in listed["folders"]
    ]
