"""Mark messages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pydantic import Field

from activities.node import Result, node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import Keyword, WithAccount, references
from workflows.spec import Effect


class Flag(WithAccount):
    """Which messages, and how to mark them: what is not given stays as it is."""

    message: str | list[str]
    """The `ref` of a message, or several."""
    seen: bool | None = None
    """Whether it counts as read."""
    flagged: bool | None = None
    """Whether it has a flag."""
    answered: bool | None = None
    """Whether it counts as answered."""
    add: list[Keyword] = Field(default=[])
    """Keywords to mark it with; not every server keeps some."""
    remove: list[Keyword] = Field(default=[])
    """Keywords to take from it."""


class Flagged(Result):
    """What was done."""

    count: int
    """How many messages are marked now."""


@node("mail.flag", needs=MAIL, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1))
async def flag(mail: Mail, params: Flag) -> Flagged:
    """Mark messages as read, with a flag, as answered or with keywords; or take such marks from them.

    ```yaml
    - id: found
      do: mail.search
      with: {subject: invoice, limit: 1}
    - do: mail.flag
      with: {message: "${{ found.messages[0].ref }}", seen: true, flagged: true}
    ```
    """
    marks = {"\\Seen": params.seen, "\\Flagged": params.flagged, "\\Answered": params.answered}
    add = [*_of(marks, given=True), *params.add]
    remove = [*_of(marks, given=False), *params.remove]
    meant = references(params.message)
    async with mail.mailbox(params.account) as mailbox:
        for each in meant:
            await mailbox.flag(each, add, remove)
    return Flagged(count=len(meant))


def _of(marks: dict[str, bool | None], *, given: bool) -> Iterator[str]:
    return (mark for mark, value in marks.items() if value is given)
