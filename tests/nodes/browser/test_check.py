from __future__ import annotations

import pytest

from activities.nodes.browser.check import Check, check
from activities.nodes.browser.exists import Exists, exists
from tests.support.browser import Desk
from workflows.errors import ElementNotReadyError, PageError

TERMS = {"label": "I agree"}


@pytest.mark.parametrize("before", ["", "checked"])
@pytest.mark.parametrize("wanted", [True, False])
async def test_a_box_is_brought_to_a_state_whatever_it_was(desk: Desk, before: str, *, wanted: bool) -> None:
    await desk.show(f"<label><input type=checkbox {before}> I agree</label>")

    checked = await check(desk.page(), Check(target=TERMS, checked=wanted))

    state = ":checked" if wanted else ":not(:checked)"
    assert wanted is checked.checked
    assert (await exists(desk.page(), Exists(target=f"input{state}"))).exists


async def test_a_switch_that_is_no_input_can_be_turned_on(desk: Desk) -> None:
    await desk.show(
        "<div role=switch aria-checked=false onclick=\"this.setAttribute('aria-checked', true)\">Wifi</div>"
    )

    await check(desk.page(), Check(target={"role": "switch", "name": "Wifi"}))

    assert (await exists(desk.page(), Exists(target="[aria-checked=true]"))).exists


async def test_a_label_that_does_not_change_its_hidden_box_is_told(desk: Desk) -> None:
    await desk.show(
        "<label onclick='event.preventDefault()'><input type=checkbox style='display:none'> I agree</label>"
    )

    with pytest.raises(PageError, match="did not become checked"):
        await check(desk.page(), Check(target=TERMS))


async def test_a_disabled_box_is_left_alone(desk: Desk) -> None:
    await desk.show("<label><input type=checkbox disabled> I agree</label>")

    with pytest.raises(ElementNotReadyError, match="cannot be checked: it is disabled"):
        await check(desk.page(1), Check(target=TERMS))


async def test_what_cannot_be_checked_is_told(desk: Desk) -> None:
    await desk.show("<label>I agree <input></label>")

    with pytest.raises(PageError, match="not a checkbox"):
        await check(desk.page(), Check(target=TERMS))
