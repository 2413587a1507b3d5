"""Say what to do about dialogs."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Dialog, Page
from activities.sessions.profile import DialogOrder
from workflows.spec import Effect


class OnDialog(Params):
    """Which dialogs, and what to answer."""

    answer: Dialog
    """What to answer."""
    text: str | None = None
    """What to enter where a text is asked for; by default what the dialog suggests."""
    message: str | None = None
    """Only dialogs with this message, with `*` for anything; by default all."""


class DialogExpected(Result):
    """Nothing: what dialogs say is told by the step that brings them up."""


@node("browser.on_dialog", needs=BROWSER, effect=Effect.IDEMPOTENT, label="message")
async def on_dialog(page: Page, params: OnDialog) -> DialogExpected:
    """Say what to answer to dialogs of pages before they come; it holds until the run ends or it is said anew.

    Without it, questions are answered with no; alerts are closed in any case. A click or key that says `dialog`
    itself goes before. Of several orders that fit a dialog, the latest counts.

    ```yaml
    - id: yes_to_delete
      do: browser.on_dialog
      with: {answer: accept, message: "Delete *?"}
    - id: delete
      do: browser.click
      with: {target: {role: button, name: Delete}}
    ```
    """
    order = DialogOrder(accept=params.answer == "accept", text=params.text, message=params.message)
    await page.profile.answer(order)
    return DialogExpected()
