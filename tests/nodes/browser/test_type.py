from __future__ import annotations

import pytest

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.read import Read, read
from activities.nodes.browser.type import Type
from activities.nodes.browser.type import type as type_text
from activities.sessions.target import Target
from tests.support.browser import Desk
from workflows.errors import InvalidParamsError
from workflows.spec import Effect

SUGGESTING = """
<label>City <input onkeyup="out.hidden = this.value !== 'Berl'"></label>
<div id=out role=option hidden onclick="document.querySelector('input').value = this.textContent">Berlin</div>
"""


async def test_a_field_suggests_while_one_types(desk: Desk) -> None:
    await desk.show(SUGGESTING)

    await type_text(desk.page(), Type(target={"label": "City"}, text="Berl"))
    await click(desk.page(), Click(target={"role": "option", "name": "Berlin"}))

    assert "Berlin" == (await read(desk.page(), Read(target="input"))).text


@pytest.mark.parametrize(("clear", "held"), [(False, "oldnew"), (True, "new")])
async def test_text_is_added_unless_the_field_is_cleared(desk: Desk, held: str, *, clear: bool) -> None:
    await desk.show("<input value=old>")

    await type_text(desk.page(), Type(target="input", text="new", clear=clear))

    assert held == (await read(desk.page(), Read(target="input"))).text


async def test_text_goes_to_what_has_the_focus(desk: Desk) -> None:
    await desk.show("<div contenteditable id=note>Dear </div><script>note.focus()</script>")

    await type_text(desk.page(), Type(text="Ms"))

    assert "Ms" in ((await read(desk.page(), Read(target="#note"))).text or "")


async def test_without_focus_nothing_can_be_cleared(desk: Desk) -> None:
    await desk.show("text")

    with pytest.raises(InvalidParamsError, match="nothing has the focus that could be cleared"):
        await type_text(desk.page(), Type(text="new", clear=True))


async def test_a_field_that_is_full_before_all_is_typed_is_told(desk: Desk) -> None:
    await desk.show("<label>Code <input maxlength=4 value=ab></label>")

    with pytest.raises(InvalidParamsError, match="takes at most 4 characters, but with the text it would hold 5") as e:
        await type_text(desk.page(), Type(target={"label": "Code"}, text="cde"))
    await type_text(desk.page(), Type(target={"label": "Code"}, text="cdef", clear=True))

    assert e.value.acted is True


async def test_fields_of_one_digit_each_that_lead_on_are_typed_through(desk: Desk) -> None:
    await desk.show("<input maxlength=1 oninput='two.focus()' autofocus><input id=two maxlength=1>")

    await type_text(desk.page(), Type(target="input >> nth=0", text="42"))

    assert "2" == await desk.page().read(Target(css="#two"), "value")


def test_typing_into_a_cleared_field_may_be_repeated() -> None:
    rules = type_text.spec()

    assert (Effect.ONCE, Effect.IDEMPOTENT) == (rules.effect_of({}), rules.effect_of({"clear": True}))
