from __future__ import annotations

import pytest

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.on_dialog import OnDialog, on_dialog
from tests.support.browser import Desk

ASKING = '<button onclick="document.title = {}">Ask</button>'
ASK = Click(target="button")


@pytest.mark.parametrize(
    ("question", "order", "title"),
    [
        ("confirm('Delete 7?')", OnDialog(answer="accept"), "true"),
        ("confirm('Delete 7?')", OnDialog(answer="accept", message="Delete *?"), "true"),
        ("confirm('Delete 7?')", OnDialog(answer="accept", message="Pay *?"), "false"),
        ("prompt('Reason?')", OnDialog(answer="accept", text="late"), "late"),
        ("prompt('Reason?', 'none')", OnDialog(answer="accept"), "none"),
        ("prompt('Reason?')", OnDialog(answer="dismiss", text="late"), "null"),
    ],
)
async def test_a_dialog_is_answered_as_was_said_before_it_came(
    desk: Desk, question: str, order: OnDialog, title: str
) -> None:
    await desk.show(ASKING.format(question))

    await on_dialog(desk.page(), order)
    await click(desk.page(), ASK)

    assert title == await desk.title()


async def test_the_latest_order_that_fits_counts(desk: Desk) -> None:
    await desk.show(ASKING.format("confirm('Delete 7?')"))
    await on_dialog(desk.page(), OnDialog(answer="accept", message="Delete *"))
    await on_dialog(desk.page(), OnDialog(answer="dismiss"))

    await click(desk.page(), ASK)

    assert "false" == await desk.title()


async def test_a_step_that_says_it_itself_goes_before(desk: Desk) -> None:
    await desk.show(ASKING.format("confirm('Delete 7?')"))
    await on_dialog(desk.page(), OnDialog(answer="dismiss"))

    clicked = await click(desk.page(), ASK.model_copy(update={"dialog": "accept"}))

    assert ("true", ["Delete 7?"]) == (await desk.title(), clicked.dialogs)


async def test_a_dialog_that_comes_by_itself_later_is_answered_too(desk: Desk) -> None:
    await desk.show("text")
    await on_dialog(desk.page(), OnDialog(answer="accept"))

    await desk.show("<script>setTimeout(() => document.title = confirm('Stay?'), 300)</script>")

    await desk.titled("true")
