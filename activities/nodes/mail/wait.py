"""Wait for a message."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from activities.node import node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import Criteria, Found
from workflows.duration import Duration, format_duration
from workflows.errors import EventExpiredError
from workflows.spec import Effect


class Wait(Criteria):
    """Which message, and how long to wait."""

    within: Duration = timedelta(minutes=5)
    """How long at most; the step's `timeout` must be longer."""


@node("mail.wait", needs=MAIL, effect=Effect.READ, timeout=timedelta(minutes=6), label="subject")
async def wait(mail: Mail, params: Wait) -> Found:
    """Wait until there is a message of a kind, and give the oldest.

    If there is none in time, it is an EventExpiredError (business). A robot is busy with it meanwhile: what may take
    hours is better looked for again and again, with `mail.search` in a `while` that has a `wait`.

    ```yaml
    - id: answer
      do: mail.wait
      with: {subject: "invoice 17", within: 10s}
    - do: mail.flag
      with: {message: "${{ answer.ref }}", seen: true}
    ```
    """
    clock = asyncio.get_running_loop()
    end = clock.time() + params.within.total_seconds()
    async with mail.mailbox(params.account) as mailbox:
        while True:
            found = await mailbox.search(params, 1)
            if found:
                return found[0]
            left = end - clock.time()
            if left <= 0:
                raise EventExpiredError(
                    f"no such message came to folder {params.folder!r} within {format_duration(params.within)}"
                )
            await mailbox.arrival(params.folder, timedelta(seconds=left))
