from __future__ import annotations

import pytest

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.press import Press, press
from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk
from workflows.errors import ElementNotReadyError, InvalidParamsError

FIELD = {"label": "Search"}


async def test_enter_in_a_field_sends_its_form(desk: Desk) -> None:
    desk.site.page("/found", "<h1>Found</h1>", delay=0.5)
    await desk.show("<form action=/found><label>Search <input name=q value=invoice></label></form>")

    pressed = await press(desk.page(), Press(key="Enter", target=FIELD))

    assert desk.site.url("/found?q=invoice") == pressed.url


async def test_without_a_target_the_key_goes_to_what_has_the_focus(desk: Desk) -> None:
    await desk.show("<label>Search <input value=ab></label>")
    await click(desk.page(), Click(target=FIELD))

    await press(desk.page(), Press(key="Control+a"))
    await press(desk.page(), Press(key="x"))

    assert (await read(desk.page(), Read(target=FIELD))).text == "x"


async def test_a_dialog_that_a_key_brings_up_is_reported(desk: Desk) -> None:
    await desk.show("<body onkeydown=\"alert('You pressed ' + event.key)\">")

    pressed = await press(desk.page(), Press(key="F2"))

    assert pressed.dialogs == ["You pressed F2"]


async def test_an_unknown_key_is_the_authors_to_mend(desk: Desk) -> None:
    await desk.show("x")

    with pytest.raises(InvalidParamsError, match="there is no key 'Entr'") as caught:
        await press(desk.page(), Press(key="Entr"))

    assert caught.value.acted is False


async def test_a_hidden_field_gets_no_key(desk: Desk) -> None:
    await desk.show("<label>Search <input style='display:none'></label>")

    with pytest.raises(ElementNotReadyError) as caught:
        await press(desk.page(1), Press(key="x", target=FIELD))

    assert caught.value.acted is False
