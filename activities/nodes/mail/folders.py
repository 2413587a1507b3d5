"""List the folders of a mailbox."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import WithAccount
from workflows.spec import Effect


class Folders(WithAccount):
    """Whose folders."""


class FolderEntry(Result):
    """One folder."""

    name: str
    """Its name, with `/` between its parts."""
    messages: int | None
    """How many messages it holds; null beyond the first hundred folders."""
    unseen: int | None
    """How many of them were not read."""
    special: str | None
    """What it is for: `all`, `archive`, `drafts`, `flagged`, `junk`, `sent` or `trash`; null for any other."""


class FolderList(Result):
    """The folders."""

    folders: list[FolderEntry]
    """All that can hold messages."""


@node("mail.folders", needs=MAIL, effect=Effect.READ, timeout=timedelta(minutes=1))
async def folders(mail: Mail, params: Folders) -> FolderList:
    """List the folders of a mailbox, and count what is in them.

    ```yaml
    - id: all
      do: mail.folders
    - assert: "${{ 'INBOX' in [folder.name for folder in all.folders] }}"
    ```
    """
    async with mail.mailbox(params.account) as mailbox:
        listed = await mailbox.folders()
    return FolderList(
        folders=[
            FolderEntry(name=each.name, messages=each.messages, unseen=each.unseen, special=each.special)
            for each in listed
        ]
    )
