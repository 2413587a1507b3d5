"""Take a message that no other run gets."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from activities.node import Result, node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import Criteria, Found
from workflows.duration import Duration
from workflows.spec import Effect


class Take(Criteria):
    """Which message, where to put it, and how long to wait for one."""

    into: str = "Taken"
    """The folder below which it is kept, in a folder of its own, for as long as it stays with this run."""
    within: Duration = timedelta(0)
    """How long to wait if there is none; the step's `timeout` must be longer."""


class Taken(Result):
    """What was taken."""

    message: Found | None
    """The message; null if there was none."""
    taken: bool
    """Whether there was one."""


@node("mail.take", needs=MAIL, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=2), label="subject")
async def take(mail: Mail, params: Take) -> Taken:
    """Take the oldest message of a kind, such that no other run gets it.

    The message is moved into a folder of its own, named after the step. Repeated, the step gives the message that it
    took. Of many runs that take at the same time, each gets another message. Move it on when it is done (`mail.move`,
    `mail.delete`): its folder goes away then. What is still there belongs to a run that has not come to its end.

    ```yaml
    - id: next
      do: mail.take
      with: {subject: invoice}
    - if: "${{ next.taken }}"
      then:
        - do: mail.move
          with: {message: "${{ next.message.ref }}", to: Done}
    ```
    """
    clock = asyncio.get_running_loop()
    end = clock.time() + params.within.total_seconds()
    async with mail.mailbox(params.account) as mailbox:
        while True:
            found = await mailbox.take(params, params.into)
            left = end - clock.time()
            if found is not None or left <= 0:
                return Taken(message=found, taken=found is not None)
            await mailbox.arrival(params.folder, timedelta(seconds=left))
