"""Pass a message on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from activities.formats.enclosure import enclosed, own_enclosures
from activities.formats.message import read_message
from activities.formats.quoting import forward_subject, with_message
from activities.node import node
from activities.private import passing_directory
from activities.sessions.mail import MAIL, Letter, Mail
from activities.sessions.mailing import read_reference
from activities.sessions.writing import People, Sent, Writing, listed, sent
from workflows.spec import Effect, EffectRule


class Forward(Writing):
    """Which message, and to whom."""

    message: str
    """The `ref` of the message."""
    to: People
    """Who gets it; one or several."""


@node(
    "mail.forward",
    needs=MAIL,
    effect=Effect.ONCE,
    effects=[EffectRule(param="check_sent", values=(True,), effect=Effect.IDEMPOTENT)],
    timeout=timedelta(minutes=2),
    label="message",
    workspace=True,
)
async def forward(mail: Mail, params: Forward) -> Sent:
    """Pass a message on, with all that came with it, and with a text of your own above it.

    What `mail.send` says of sending once goes for this, too.

    ```yaml
    - id: found
      do: mail.search
      with: {subject: invoice, limit: 1}
    - do: mail.forward
      with: {message: "${{ found.messages[0].ref }}", to: books@example.com, text: Please file this.}
    ```
    """
    async with mail.mailbox(params.account) as mailbox, passing_directory() as directory:
        await mailbox.fetch(read_reference(params.message), directory / "message")
        message = await asyncio.to_thread(read_message, directory / "message")
        theirs = await own_enclosures(message.parts, directory)
        async with enclosed(mail.workspace, params.attachments, largest=mail.largest) as enclosures:
            letter = Letter(
                to=listed(params.to),
                cc=listed(params.cc),
                bcc=listed(params.bcc),
                subject=forward_subject(message.headers.get("Subject") or ""),
                text=with_message(params.text or "", message),
                html=params.html,
                sender=params.sender,
                references=tuple(message.headers.talk),
                enclosures=(*theirs, *enclosures),
            )
            return await sent(mail, letter, params)
