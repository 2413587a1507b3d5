from __future__ import annotations

import pytest

from activities.nodes.browser.select import Select, select
from activities.sessions.target import Target
from tests.support.browser import Desk
from workflows.errors import InvalidParamsError, PageError

COUNTRY = {"label": "Country"}
LIST = "<label>Country <select><option value=de>Germany<option value=fr>France</select></label>"


@pytest.mark.parametrize("choice", [{"value": "fr"}, {"label": "France"}])
async def test_an_entry_is_chosen_by_its_value_or_its_text(desk: Desk, choice: dict[str, str]) -> None:
    await desk.show(LIST)

    selected = await select(desk.page(), Select(target=COUNTRY, **choice))

    assert ("fr", "France") == (selected.value, selected.label)


async def test_an_entry_that_comes_late_is_waited_for(desk: Desk) -> None:
    await desk.show(
        f"{LIST}<script>setTimeout(() => document.querySelector('select').add(new Option('Italy')), 600)</script>"
    )

    selected = await select(desk.page(), Select(target=COUNTRY, label="Italy"))

    assert selected.value == "Italy"


async def test_an_entry_that_is_not_there_is_told_with_those_that_are(desk: Desk) -> None:
    await desk.show(LIST)

    with pytest.raises(PageError, match="has no entry with label 'Spain'; it has: 'Germany', 'France'"):
        await select(desk.page(1), Select(target=COUNTRY, label="Spain"))


async def test_what_is_no_list_is_told(desk: Desk) -> None:
    await desk.show("<label>Country <input></label>")

    with pytest.raises(PageError, match="element is not a <select> element"):
        await select(desk.page(), Select(target=COUNTRY, label="Spain"))


@pytest.mark.parametrize(("choice", "said"), [({}, "at least"), ({"value": "fr", "label": "France"}, "only")])
def test_either_value_or_text_must_be_given(choice: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidParamsError, match=f"{said} one of 'value' and 'label' must be given"):
        select.read_params({"target": COUNTRY, **choice})


async def test_several_entries_are_chosen_and_no_others(desk: Desk) -> None:
    await desk.show("<label>Country <select multiple><option selected>Italy<option>Spain<option>France</select>")

    selected = await select(desk.page(), Select(target=COUNTRY, label=["France", "Spain"]))

    assert ["Spain", "France"] == selected.labels


async def test_a_menu_may_be_set_back_once_an_entry_of_it_was_chosen(desk: Desk) -> None:
    await desk.show(
        "<select onchange=\"document.title = this.value; this.value = ''\">"
        "<option value=''>Actions<option value=pdf>Export</select>"
    )

    with pytest.raises(InvalidParamsError, match=r"has chosen 'Actions' instead; if it is a menu .* \(menu: true\)"):
        await select(desk.page(), Select(target="select", label="Export"))
    selected = await select(desk.page(), Select(target="select", label="Export", menu=True))

    assert ("Actions", "pdf") == (selected.label, await desk.title())


MADE = """
<button role=combobox aria-label=Country aria-expanded=false onclick="list.hidden = !list.hidden">Choose</button>
<ul id=list role=listbox hidden><li role=option>Germany<li role=option>France</ul>
<script>list.onclick = event => { document.querySelector('button').textContent = event.target.textContent;
  list.hidden = true }</script>
"""
MADE_UP = {"role": "combobox", "name": "Country"}


async def test_an_entry_of_a_list_that_a_page_has_made_itself_is_chosen(desk: Desk) -> None:
    await desk.show(MADE)

    chosen = [await select(desk.page(), Select(target=MADE_UP, label="France")) for _ in range(2)]

    assert ["France", "France"] == [selected.label for selected in chosen]
    assert "France" == await desk.page().read(Target(css="button"), None)


async def test_an_entry_that_such_a_list_lacks_is_told_with_those_it_has(desk: Desk) -> None:
    await desk.show(MADE)

    with pytest.raises(PageError, match=r"has no entry with label 'Spain'; it has: 'Germany', 'France'"):
        await select(desk.page(1), Select(target=MADE_UP, label="Spain"))
