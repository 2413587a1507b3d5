from __future__ import annotations

from activities.nodes.mail import flag, search
from tests.support.mailbox import MailServer, letter
from tests.support.steps import Steps, failure_of


async def ref(steps: Steps) -> str:
    found = await steps.do(search.search)
    return str(found["messages"][0]["ref"])


async def test_marks_are_set_and_cleared_and_others_stay(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter(), flags=["\\Flagged", "\\Answered"])

    marked = await steps.do(flag.flag, {"message": await ref(steps), "seen": True, "flagged": False})
    await steps.do(flag.flag, {"message": await ref(steps), "seen": True, "flagged": False}, attempt=2)

    assert {"count": 1} == marked
    assert [frozenset({"\\Seen", "\\Answered"})] == [each.flags for each in await office.mailbox()]


async def test_a_message_that_is_gone_cannot_be_marked(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter(), "Work")
    found = await steps.do(search.search, {"folder": "Work"})
    gone = found["messages"][0]["ref"].replace("UID=101", "UID=999")

    error = await failure_of(steps.do(flag.flag, {"message": gone, "seen": True}))

    assert ("RequestRefusedError", {"status": 410}) == (error.type, error.details)


async def test_a_server_that_keeps_no_keywords_says_so(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter())

    error = await failure_of(steps.do(flag.flag, {"message": await ref(steps), "add": ["paid"]}))

    assert "ConfigurationError" == error.type
    assert "does not keep the flag 'paid' in folder 'INBOX', only \\answered" in error.message
