"""Delete messages."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.mail import MAIL, Mail
from activities.sessions.mailing import WithAccount, references
from workflows.errors import ConfigurationError
from workflows.spec import Effect


class Delete(WithAccount):
    """Which messages."""

    message: str | list[str]
    """The `ref` of a message, or several."""
    permanent: bool = False
    """Whether they are gone for good; by default they go into the trash."""
    trash: str | None = None
    """The folder for what is thrown away; by default the one that the server says is for that."""


class Deleted(Result):
    """What was done."""

    count: int
    """How many messages there were; those that were gone before do not count."""


@node("mail.delete", needs=MAIL, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=2))
async def delete(mail: Mail, params: Delete) -> Deleted:
    """Delete messages: throw them into the trash, or remove them for good.

    One that is gone already is fine. Only these messages are removed, whatever else somebody marked as deleted.

    ```yaml
    - id: spam
      do: mail.search
      with: {subject: lottery}
    - do: mail.delete
      with: {message: "${{ [each.ref for each in spam.messages] }}", permanent: true}
    ```
    """
    meant = references(params.message)
    async with mail.mailbox(params.account) as mailbox:
        if params.permanent:
            return Deleted(count=sum([await mailbox.delete(each) for each in meant]))
        trash = params.trash or await mailbox.trash()
        if trash is None:
            raise ConfigurationError(
                "this server does not say which folder is the trash; name it with 'trash', or say 'permanent: true'"
            )
        await mailbox.create(trash)
        return Deleted(count=sum([await mailbox.discard(each, trash) for each in meant]))
