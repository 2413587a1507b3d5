"""Move messages into another folder."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import WithAccount, references
from workflows.spec import Effect


class Move(WithAccount):
    """Which messages, and where they go."""

    message: str | list[str]
    """The `ref` of a message, or several."""
    to: str
    """The folder, with `/` between its parts; it is made where it is missing."""


class Moved(Result):
    """Where they are now."""

    ref: str
    """The `ref` of the message, or of the first of several; the one before means nothing any more."""
    refs: list[str]
    """Those of all."""


@node("mail.move", needs=MAIL, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=2), label="to")
async def move(mail: Mail, params: Move) -> Moved:
    """Move messages into another folder.

    A message that an earlier attempt has moved is found there by its Message-ID; one that is nowhere any more is a
    RequestRefusedError (business) with `status` 410.

    ```yaml
    - id: found
      do: mail.search
      with: {subject: invoice, limit: 1}
    - do: mail.move
      with: {message: "${{ found.messages[0].ref }}", to: Archive/2026}
    ```
    """
    meant = references(params.message)
    async with mail.mailbox(params.account) as mailbox:
        await mailbox.create(params.to)
        moved = [str(await mailbox.move(each, params.to)) for each in meant]
    return Moved(ref=moved[0] if moved else "", refs=moved)
