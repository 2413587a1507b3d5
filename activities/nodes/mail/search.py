"""Look for messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from activities.node import Result, node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import Criteria, Found
from workflows.spec import Effect


class Search(Criteria):
    """What to look for."""

    limit: int = Field(default=50, ge=1, le=1000)
    """How many at most."""
    order: Literal["oldest", "newest"] = "oldest"
    """Which come first."""


class SearchResult(Result):
    """What was found."""

    messages: list[Found]
    """The messages; `mail.read` and others take their `ref`."""
    count: int
    """How many these are."""


@node("mail.search", needs=MAIL, effect=Effect.READ, timeout=timedelta(minutes=1), label="folder")
async def search(mail: Mail, params: Search) -> SearchResult:
    """Look for messages in a folder of a mailbox.

    Nothing is marked as read. Two runs that look get the same messages: see `mail.take` for what is to be handled once.

    ```yaml
    - id: invoices
      do: mail.search
      with: {unseen: true, subject: invoice, limit: 10}
    - for_each: "${{ invoices.messages }}"
      as: message
      do: mail.flag
      with: {message: "${{ message.ref }}", seen: true}
    ```
    """
    async with mail.mailbox(params.account) as mailbox:
        found = await mailbox.search(params, params.limit, newest=params.order == "newest")
    return SearchResult(messages=list(found), count=len(found))
