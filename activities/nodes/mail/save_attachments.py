"""Save the files that came with a message."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from activities.formats.enclosure import SavedFile, save_parts
from activities.formats.message import read_message
from activities.node import Result, node
from activities.private import passing_directory
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import WithAccount, read_reference
from workflows.spec import Effect


class SaveAttachments(WithAccount):
    """Which files of which message, and where they go."""

    message: str
    """The `ref` of the message."""
    to: str = "."
    """The folder of the run's workspace they are saved in."""
    pattern: str = "*"
    """Which of them, by their names, e.g. `*.pdf`; capitals do not matter."""
    inline: bool = False
    """Whether to save pictures of the text, too."""


class SavedAttachments(Result):
    """What was saved."""

    files: list[SavedFile]
    """The files."""
    paths: list[str]
    """Where they are in the run's workspace."""
    count: int
    """How many these are."""


@node(
    "mail.save_attachments",
    needs=MAIL,
    effect=Effect.READ,
    timeout=timedelta(minutes=2),
    label="pattern",
    workspace=True,
)
async def save_attachments(mail: Mail, params: SaveAttachments) -> SavedAttachments:
    """Save the files that came with a message in the run's workspace.

    The names are the sender's, without what could lead elsewhere; where one is taken, a number is added. Large files
    are not held in memory.

    ```yaml
    - id: found
      do: mail.search
      with: {subject: invoice, limit: 1}
    - id: saved
      do: mail.save_attachments
      with: {message: "${{ found.messages[0].ref }}", pattern: "*.pdf", to: invoices}
    - assert: "${{ saved.count == 1 }}"
    ```
    """
    async with mail.mailbox(params.account) as mailbox, passing_directory() as directory:
        await mailbox.fetch(read_reference(params.message), directory / "message")
        content = await asyncio.to_thread(read_message, directory / "message")
        files = await save_parts(
            mail.workspace, content.parts, folder=params.to, pattern=params.pattern, inline=params.inline
        )
    paths = [each.path for each in files if each.path is not None]
    return SavedAttachments(files=files, paths=paths, count=len(files))
