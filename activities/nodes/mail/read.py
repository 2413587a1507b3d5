"""Read a message."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pydantic import field_validator, model_validator

from activities.formats.enclosure import SavedFile, file_of, save_parts
from activities.formats.message import read_message
from activities.node import Result, node
from activities.private import passing_directory
from activities.sessions.mail import MAIL, Mail, Mailbox
from activities.sessions.mailing import Criteria, Found, WithAccount, one_line, read_reference
from workflows.errors import RequestRefusedError
from workflows.spec import Effect, EffectRule


class Read(WithAccount):
    """Which message, and what to do with its files."""

    message: str | None = None
    """The `ref` of a message; give this or `message_id`."""
    message_id: str | None = None
    """A Message-ID, looked for in `folder`."""
    folder: str = "INBOX"
    """Where to look for the Message-ID."""
    save_to: str | None = None
    """A folder of the run's workspace to save its attachments in."""
    mark_seen: bool = False
    """Whether to mark it as read."""

    @field_validator("message_id", "folder")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return one_line(value)

    @model_validator(mode="after")
    def _one(self) -> Read:
        if (self.message is None) == (self.message_id is None):
            msg = "expected either 'message' or 'message_id'"
            raise ValueError(msg)
        return self


class ReadResult(Result):
    """What it holds."""

    message: Found
    """The message without its content."""
    text: str
    """What it says in plain text, even if it is written in HTML only."""
    html: str | None
    """What it says as HTML, if it does."""
    headers: dict[str, str]
    """All headers by lower-case name; several of one name on lines of their own."""
    references: list[str]
    """The Message-IDs of the talk that it belongs to, its own last."""
    attachments: list[SavedFile]
    """The files that came with it."""


@node(
    "mail.read",
    needs=MAIL,
    effect=Effect.READ,
    effects=[EffectRule(param="mark_seen", values=(True,), effect=Effect.IDEMPOTENT)],
    timeout=timedelta(minutes=2),
    label="message",
    workspace=True,
)
async def read(mail: Mail, params: Read) -> ReadResult:
    """Read a message: its text, its headers, the files that came with it.

    A message that is not there any more, or never was, is a RequestRefusedError (business) with `status` 410 or 404; so
    a `verify` can ask for a letter by its `message_id`. What is larger than the setting `mail.largest` is refused.

    ```yaml
    - id: found
      do: mail.search
      with: {subject: invoice, limit: 1}
    - id: invoice
      do: mail.read
      with: {message: "${{ found.messages[0].ref }}", save_to: mail}
    - do: files.list
      with: {pattern: "mail/*"}
    ```
    """
    async with mail.mailbox(params.account) as mailbox, passing_directory() as directory:
        found = await _found(mailbox, params)
        reference = read_reference(found.ref)
        await mailbox.fetch(reference, directory / "message")
        content = await asyncio.to_thread(read_message, directory / "message")
        files = [file_of(part) for part in content.parts]
        if params.save_to is not None:
            files = await save_parts(mail.workspace, content.parts, folder=params.save_to, inline=True)
        if params.mark_seen:
            await mailbox.flag(reference, ["\\Seen"], [])
            found = await mailbox.look(reference)
    headers: dict[str, str] = {}
    for name, value in content.headers.fields:
        headers[name.lower()] = f"{headers[name.lower()]}\n{value}" if name.lower() in headers else value
    return ReadResult(
        message=found,
        text=content.text,
        html=content.html,
        headers=headers,
        references=content.headers.talk,
        attachments=files,
    )


async def _found(mailbox: Mailbox, params: Read) -> Found:
    if params.message is not None:
        return await mailbox.look(read_reference(params.message))
    wanted = Criteria(folder=params.folder, message_id=params.message_id)
    found = await mailbox.search(wanted, 1, newest=True)
    if not found:
        raise RequestRefusedError(
            f"there is no message with the Message-ID {params.message_id!r} in folder {params.folder!r}", status=404
        )
    return found[0]
