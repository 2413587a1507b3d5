"""Answer a message."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from activities.formats.enclosure import enclosed
from activities.formats.message import Content, read_message
from activities.formats.quoting import answer_subject, with_quote
from activities.node import node
from activities.private import passing_directory
from activities.sessions.mail import MAIL, Letter, Mail
from activities.sessions.mailing import read_reference
from activities.sessions.writing import Sent, Writing, listed, sent
from workflows.errors import AetherError
from workflows.spec import Effect, EffectRule

_MARKING = 5.0
"""Seconds."""


class Reply(Writing):
    """Which message, and what to answer."""

    message: str
    """The `ref` of the message."""
    everybody: bool = False
    """Whether all who got the message get the answer, too."""
    quote: bool = True
    """Whether what it answers stands below `text`."""


@node(
    "mail.reply",
    needs=MAIL,
    effect=Effect.ONCE,
    effects=[EffectRule(param="check_sent", values=(True,), effect=Effect.IDEMPOTENT)],
    timeout=timedelta(minutes=2),
    label="message",
    workspace=True,
)
async def reply(mail: Mail, params: Reply) -> Sent:
    """Answer a message, such that mail programs show both as one talk, and mark it as answered.

    What `mail.send` says of sending once goes for answers, too.

    ```yaml
    - id: found
      do: mail.search
      with: {subject: invoice, limit: 1}
    - do: mail.reply
      with: {message: "${{ found.messages[0].ref }}", text: "Thank you, it is paid."}
    ```
    """
    reference = read_reference(params.message)
    async with mail.mailbox(params.account) as mailbox, passing_directory() as directory:
        await mailbox.fetch(reference, directory / "message")
        message = await asyncio.to_thread(read_message, directory / "message")
    own = await mail.address(params.account)
    async with enclosed(mail.workspace, params.attachments, largest=mail.largest) as enclosures:
        letter = Letter(
            to=_answered(message),
            cc=(*listed(params.cc), *(_others(message, own) if params.everybody else ())),
            bcc=listed(params.bcc),
            subject=answer_subject(message.headers.get("Subject") or ""),
            text=with_quote(params.text, message) if params.text is not None and params.quote else params.text,
            html=params.html,
            sender=params.sender,
            in_reply_to=message.headers.message_id,
            references=tuple(message.headers.talk),
            enclosures=enclosures,
        )
        answer = await sent(mail, letter, params)
    with suppress(AetherError, TimeoutError):  # the answer is sent, whatever becomes of the mark
        async with asyncio.timeout(_MARKING), mail.mailbox(params.account) as mailbox:
            await mailbox.flag(reference, ["\\Answered"], [])
    return answer


def _answered(message: Content) -> tuple[str, ...]:
    people = message.headers.people("Reply-To") or message.headers.people("From")
    return tuple(person.address for person in people)


def _others(message: Content, own: str) -> tuple[str, ...]:
    everybody = [*message.headers.people("To"), *message.headers.people("Cc")]
    known = {own.lower(), *(address.lower() for address in _answered(message))}
    return tuple(person.address for person in everybody if person.address.lower() not in known)
