"""Have a folder in a mailbox."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import WithAccount
from workflows.spec import Effect


class CreateFolder(WithAccount):
    """Which folder."""

    folder: str
    """Its name, with `/` between its parts."""


class CreatedFolder(Result):
    """What was done."""

    created: bool
    """Whether it was missing."""


@node("mail.create_folder", needs=MAIL, effect=Effect.IDEMPOTENT, label="folder")
async def create_folder(mail: Mail, params: CreateFolder) -> CreatedFolder:
    """Have a folder in a mailbox; one that is there already is fine.

    ```yaml
    - do: mail.create_folder
      with: {folder: Invoices/Paid}
    ```
    """
    async with mail.mailbox(params.account) as mailbox:
        return CreatedFolder(created=await mailbox.create(params.folder))
