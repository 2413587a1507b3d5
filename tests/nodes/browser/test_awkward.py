"""Pages on which a step could easily say that it has done what it has not."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from activities.nodes.browser.click import Click, click
from activities.nodes.browser.expect import Expect, expect
from activities.nodes.browser.fill import Fill, fill
from activities.nodes.browser.press import Press, press
from activities.nodes.browser.select import Select, select
from activities.nodes.browser.table import Table, table
from activities.nodes.browser.type import Type
from activities.nodes.browser.type import type as type_text
from activities.nodes.browser.upload import Upload, upload
from tests.support.browser import Desk
from workflows.errors import ElementNotReadyError, ExpectationFailedError, InvalidParamsError, PageError

SAVE = {"role": "button", "name": "Save"}


async def value(desk: Desk, field: str) -> JsonValue:
    return await desk.page().evaluate(f"() => document.querySelector('{field}').value", None, None)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("this.style.marginLeft = '300px'", "it moved away"),
        ("this.replaceWith(this.cloneNode(true))", "it was replaced"),
    ],
)
async def test_a_click_that_a_page_has_swallowed_is_not_reported_as_done(desk: Desk, how: str, why: str) -> None:
    """As where leaving a field shows a message that pushes the button away, or has the form drawn anew."""
    await desk.show(f'<button onmousedown="{how}" onclick="document.title = \'saved\'">Save</button>')

    with pytest.raises(PageError, match=f"did not arrive: {why}") as failure:
        await click(desk.page(), Click(target=SAVE))

    assert (None, "Test page") == (failure.value.acted, await desk.title())


@pytest.mark.parametrize(
    "page",
    [
        "<li role=button onmousedown=\"this.hidden = true; document.title = 'saved'\">Save</li>",
        "<li role=button onpointerdown=\"this.remove(); document.title = 'saved'\">Save</li>",
        "<button onclick=\"this.replaceWith(this.cloneNode(true)); document.title = 'saved'\">Save</button>",
        (
            "<div id=box><button onclick=\"document.title = 'saved'\">Save</button></div><script>"
            "let n = 0; const drawn = setInterval(() => { box.innerHTML += ''; n++ < 40 || clearInterval(drawn) }, 15)"
            "</script>"
        ),
    ],
)
async def test_a_page_that_reacts_sooner_or_draws_itself_anew_has_been_clicked(desk: Desk, page: str) -> None:
    await desk.show(page)

    await click(desk.page(), Click(target=SAVE))

    assert "saved" == await desk.title()


async def test_a_field_that_takes_less_than_the_value_is_refused(desk: Desk) -> None:
    await desk.show("<input maxlength=3>")

    with pytest.raises(InvalidParamsError, match="takes at most 3 characters, but the value has 6"):
        await fill(desk.page(), Fill(target="input", value="abcdef"))


@pytest.mark.parametrize(
    "script",
    ["this.value = this.value.replace(/[^0-9]/g, '')", "setTimeout(() => { this.value = '' })"],
)
async def test_a_field_that_drops_what_was_filled_in_is_not_filled(desk: Desk, script: str) -> None:
    await desk.show(f'<input oninput="{script}">')

    with pytest.raises(PageError, match="does not hold what was filled in"):
        await fill(desk.page(), Fill(target="input", value="12a3"))


async def test_a_page_whose_scripts_come_late_is_filled_once_they_are_there(desk: Desk) -> None:
    """They bring a field back to what the server knew of it."""
    await desk.show(
        "<script>let late = 0</script><input oninput=\"if (!late++) setTimeout(() => { this.value = '' })\">"
    )

    await fill(desk.page(), Fill(target="input", value="Bob"))

    assert "Bob" == await value(desk, "input")


async def test_keys_go_nowhere_else_than_to_their_element(desk: Desk) -> None:
    await desk.show(
        "<form onsubmit=\"document.title = 'sent'; return false\"><input id=other autofocus></form>"
        "<div id=plain>No field</div><div inert><input id=inert></div>"
    )

    for target in ("#plain", "#inert"):
        with pytest.raises(ElementNotReadyError, match="cannot have the focus"):
            await press(desk.page(1), Press(target=target, key="Enter"))
        with pytest.raises(ElementNotReadyError, match="cannot have the focus"):
            await type_text(desk.page(1), Type(target=target, text="lost"))

    assert ("Test page", "") == (await desk.title(), await value(desk, "#other"))


async def test_an_entry_that_a_list_does_not_keep_is_not_chosen(desk: Desk) -> None:
    await desk.show(
        "<select id=back onchange=\"this.value = '1'\"><option value=1>One<option value=2>Two</select>"
        "<select id=off><option>One<option disabled>Two</select>"
    )

    with pytest.raises(InvalidParamsError, match="did not keep what was chosen: the page has chosen 'One' instead"):
        await select(desk.page(), Select(target="#back", label="Two"))
    with pytest.raises(InvalidParamsError, match="only one entry can be chosen"):
        await select(desk.page(), Select(target="#off", label=["One", "Two"]))
    with pytest.raises(ElementNotReadyError, match=r"the entry 'Two' .* is disabled"):
        await select(desk.page(1), Select(target="#off", label="Two"))


async def test_no_files_are_given_to_a_field_that_takes_none(desk: Desk) -> None:
    await desk.put("scan.pdf", b"scan")
    await desk.show("<input type=file disabled>")

    with pytest.raises(ElementNotReadyError, match="cannot be given files: it is disabled"):
        await upload(desk.page(1), Upload(target="input", path="scan.pdf"))

    assert "" == await value(desk, "input")


async def test_a_page_that_asks_whether_to_leave_is_stayed_on_if_the_step_says_so(desk: Desk) -> None:
    desk.site.page("/next", "Next", title="Next")
    await desk.show("<input><a href=/next>Next</a><script>onbeforeunload = event => event.preventDefault()</script>")
    await fill(desk.page(), Fill(target="input", value="not sent yet"))

    await click(desk.page(), Click(target={"role": "link"}, dialog="dismiss"))

    assert ("Test page", "not sent yet") == (await desk.title(), await value(desk, "input"))
    await click(desk.page(), Click(target={"role": "link"}))
    await desk.titled("Next")


async def test_a_page_that_cannot_be_had_is_not_where_a_click_was_to_lead(desk: Desk) -> None:
    await desk.show("<a href=http://127.0.0.1:1/>Pay</a>")

    with pytest.raises(PageError, match="led to a page that cannot be had") as failure:
        await click(desk.page(), Click(target={"role": "link"}))

    assert failure.value.acted is None


async def test_a_message_that_is_there_but_hidden_is_not_shown(desk: Desk) -> None:
    """Pages often hold their messages of success all along."""
    await desk.show("<p id=done hidden>Payment accepted</p><select><option>Open</select>")

    with pytest.raises(ExpectationFailedError, match="found one that is hidden"):
        await expect(desk.page(1), Expect(target="#done", text="Payment accepted"))

    await expect(desk.page(1), Expect(target="#done", state="hidden", text="Payment accepted"))
    await expect(desk.page(1), Expect(target="option", text="Open"))


async def test_cells_that_span_rows_and_columns_leave_the_others_in_their_columns(desk: Desk) -> None:
    await desk.show(
        "<table><tr><th>Supplier<th>Invoice<th>Amount"
        "<tr><td rowspan=2>ACME<td>INV-1<td>10<tr><td>INV-2<td>20<tr><td colspan=2>Globex<td>30</table>"
    )

    found = await table(desk.page(), Table(target="table"))

    assert [("ACME", "INV-1", "10"), ("ACME", "INV-2", "20"), ("Globex", "", "30")] == [
        tuple(row.values()) for row in found.rows
    ]
