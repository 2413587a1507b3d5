"""Send a letter."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, field_validator, model_validator

from activities.formats.enclosure import enclosed
from activities.node import node
from activities.sessions.mail import MAIL, Letter, Mail
from activities.sessions.mailing import one_line
from activities.sessions.writing import People, Sent, Writing, listed, sent
from workflows.spec import Effect, EffectRule


class Send(Writing):
    """What to send, and to whom."""

    to: People
    """Who gets it, e.g. `ann@example.com` or `Ann <ann@example.com>`; one or several."""
    subject: str
    """The subject."""
    reply_to: People = Field(default=[])
    """Where answers go, if not to the sender."""
    in_reply_to: str | None = None
    """The Message-ID of what it answers."""
    references: list[str] = Field(default=[])
    """The Message-IDs of the talk so far."""
    headers: dict[str, str] = Field(default={})
    """Other headers."""
    message_id: str | None = None
    """Its own Message-ID, e.g. `<invoice-17@example.com>`; by default one of the step's, the same in all attempts."""

    @field_validator("subject", "in_reply_to", "message_id")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return one_line(value)

    @model_validator(mode="after")
    def _something(self) -> Send:
        if self.text is None and self.html is None:
            msg = "expected what it says: 'text', 'html' or both"
            raise ValueError(msg)
        return self


@node(
    "mail.send",
    needs=MAIL,
    effect=Effect.ONCE,
    effects=[EffectRule(param="check_sent", values=(True,), effect=Effect.IDEMPOTENT)],
    timeout=timedelta(minutes=2),
    label="subject",
    workspace=True,
)
async def send(mail: Mail, params: Send) -> Sent:
    """Send a letter, with files of the run.

    A letter is sent once. As long as its last line was not given to the server, an error says that nothing was sent,
    and the step is tried again; after that, and before the server has answered, nobody knows, and it is not. With
    `check_sent: true` the step may be repeated: it looks in the account's `sent_folder` first, and leaves a draft there
    while it sends. If the server refuses a recipient, nothing is sent to anybody (RequestRefusedError), unless
    `partial: true`.

    ```yaml
    - id: report
      do: files.write
      with: {path: report.csv, content: "17;99.50"}
    - do: mail.send
      with:
        to: Ann Example <ann@example.com>
        subject: The report of today
        text: Please find it enclosed.
        attachments: [report.csv]
    ```
    """
    async with enclosed(mail.workspace, params.attachments, largest=mail.largest) as enclosures:
        letter = Letter(
            to=listed(params.to),
            cc=listed(params.cc),
            bcc=listed(params.bcc),
            subject=params.subject,
            text=params.text,
            html=params.html,
            sender=params.sender,
            reply_to=listed(params.reply_to),
            in_reply_to=params.in_reply_to,
            references=tuple(params.references),
            headers=params.headers,
            message_id=params.message_id,
            enclosures=enclosures,
        )
        return await sent(mail, letter, params)
