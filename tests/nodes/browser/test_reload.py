from __future__ import annotations

import pytest

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.reload import Reload, reload
from tests.support.browser import Desk
from workflows.errors import InvalidParamsError
from workflows.spec import Effect

FORM = "<form method=post action=/paid><input name=amount value=12><button>Pay</button></form>"


async def test_a_page_is_loaded_again(desk: Desk) -> None:
    await desk.show("old")
    desk.site.page("/", "new", title="New")

    reloaded = await reload(desk.page(), Reload())

    assert (desk.site.url(), "New", 200) == (reloaded.url, reloaded.title, reloaded.status)


async def test_a_form_is_not_sent_again_by_accident(desk: Desk) -> None:
    desk.site.page("/paid", "paid")
    await desk.show(FORM)
    await click(desk.page(), Click(target="button"))

    with pytest.raises(InvalidParamsError, match="load it again would send the form again"):
        await reload(desk.page(), Reload())

    assert ["amount=12"] == desk.site.posts()


async def test_a_form_is_sent_again_if_the_document_says_so(desk: Desk) -> None:
    desk.site.page("/paid", "paid")
    await desk.show(FORM)
    await click(desk.page(), Click(target="button"))

    await reload(desk.page(), Reload(resend=True))

    assert ["amount=12"] * 2 == desk.site.posts()


def test_sending_again_must_happen_once() -> None:
    assert (Effect.READ, Effect.ONCE) == (reload.spec().effect_of({}), reload.spec().effect_of({"resend": True}))
