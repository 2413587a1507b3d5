from __future__ import annotations

import asyncio

import pytest

from activities.nodes.browser.click import Click, Position, click
from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk
from workflows.errors import (
    ElementAmbiguousError,
    ElementNotFoundError,
    ElementNotReadyError,
    InvalidTargetError,
    PageError,
)

PAY = {"role": "button", "name": "Pay"}


async def test_a_form_is_posted_once_and_the_answer_is_waited_for(desk: Desk) -> None:
    desk.site.page("/paid", "<h1>Thank you</h1>", delay=1)
    await desk.show("<form method=post action=/paid><input name=amount value=12><button>Pay</button></form>")

    clicked = await click(desk.page(), Click(target=PAY))

    assert (desk.site.url("/paid"), ["amount=12"]) == (clicked.url, desk.site.posts())


async def test_a_button_that_is_enabled_late_is_waited_for(desk: Desk) -> None:
    await desk.show(
        "<button disabled onclick=\"document.title='clicked'\">Pay</button>"
        "<script>setTimeout(() => document.querySelector('button').disabled = false, 600)</script>"
    )

    await click(desk.page(), Click(target=PAY))

    assert await _title(desk) == "clicked"


async def test_an_alert_is_closed_and_reported(desk: Desk) -> None:
    await desk.show("<button onclick=\"alert('Saved'); document.title = 'after'\">Pay</button>")

    clicked = await click(desk.page(), Click(target=PAY))

    assert (["Saved"], "after") == (clicked.dialogs, await _title(desk))


@pytest.mark.parametrize(("dialog", "answer"), [("dismiss", "false"), ("accept", "true")])
async def test_a_question_is_answered_as_the_document_says(desk: Desk, dialog: str, answer: str) -> None:
    await desk.show("<button onclick=\"document.title = confirm('Really?')\">Pay</button>")

    clicked = await click(desk.page(), Click(target=PAY, dialog=dialog))

    assert (["Really?"], answer) == (clicked.dialogs, await _title(desk))


async def test_a_double_click_is_one(desk: Desk) -> None:
    await desk.show("<button ondblclick=\"document.title = 'twice'\">Pay</button>")

    await click(desk.page(), Click(target=PAY, count=2))

    assert await _title(desk) == "twice"


async def test_a_disabled_button_is_not_clicked(desk: Desk) -> None:
    await desk.show("<button disabled>Pay</button>")

    with pytest.raises(ElementNotReadyError, match=r"button 'Pay' on '.*' cannot be clicked: it is disabled") as caught:
        await click(desk.page(1), Click(target=PAY))

    assert caught.value.acted is False


async def test_a_covered_button_is_not_clicked_and_the_cover_is_named(desk: Desk) -> None:
    await desk.show("<button>Pay</button><div id=cookies style='position:fixed;inset:0'>Cookies?</div>")

    with pytest.raises(ElementNotReadyError, match='it is covered by <div id="cookies">Cookies') as caught:
        await click(desk.page(1), Click(target=PAY))

    assert caught.value.acted is False


async def test_two_matches_are_an_error_that_lists_them(desk: Desk) -> None:
    await desk.show(
        "<table><tr><td>ACME<td><button id=a>Pay</button><tr><td>Globex<td><button id=b>Pay</button></table>"
    )

    with pytest.raises(ElementAmbiguousError) as caught:
        await click(desk.page(), Click(target=PAY))

    assert (
        f"2 elements match button 'Pay' on '{desk.site.url()}', but a target must match one: "
        "1. <button id=\"a\"> 'Pay' in 'ACME Pay'; 2. <button id=\"b\"> 'Pay' in 'Globex Pay'; "
        "say more of it, or where it is (within), or which one (nth)"
    ) == caught.value.message


async def test_what_is_close_to_a_missing_button_is_named(desk: Desk) -> None:
    await desk.show("<button>Pay now</button><a href=/>Pay later</a><button>Cancel</button>")

    with pytest.raises(ElementNotFoundError) as caught:
        await click(desk.page(1), Click(target=PAY))

    assert "; the closest are: button 'Pay now', link 'Pay later', button 'Cancel'" in caught.value.message
    assert caught.value.acted is False


async def test_a_place_that_is_missing_is_told_apart_from_what_is_in_it(desk: Desk) -> None:
    await desk.show("<button>Pay</button>")

    with pytest.raises(ElementNotFoundError, match="row 'ACME' is not there either"):
        await click(desk.page(1), Click(target={**PAY, "within": {"role": "row", "name": "ACME"}}))


async def test_facts_that_are_true_of_different_elements_find_nothing(desk: Desk) -> None:
    await desk.show("<button>Pay</button><button data-testid=x>Buy</button>")

    with pytest.raises(ElementNotFoundError, match="matches 1, 1 elements, but never the same one"):
        await click(desk.page(1), Click(target={**PAY, "test_id": "x"}))


async def test_nothing_opened_yet_is_said(desk: Desk) -> None:
    with pytest.raises(ElementNotFoundError, match=r"on an empty tab \(nothing was opened yet\)"):
        await click(desk.page(1), Click(target=PAY))


@pytest.mark.parametrize("target", ["##", "foo=bar", {"css": "a["}, {"xpath": "//["}])
async def test_a_broken_selector_is_the_authors_to_mend(desk: Desk, target: object) -> None:
    await desk.show("x")

    with pytest.raises(InvalidTargetError, match="cannot be read"):
        await click(desk.page(), Click(target=target))


async def test_a_click_whose_page_does_not_answer_may_have_had_its_effect(desk: Desk) -> None:
    desk.site.page("/paid", "late", delay=120)
    await desk.show("<form method=post action=/paid><button>Pay</button></form>")

    async with asyncio.timeout(60):
        with pytest.raises(PageError, match="did not end in time; it may have had its effect") as caught:
            await click(desk.page(4), Click(target=PAY))

    assert caught.value.acted is None
    assert len(desk.site.posts()) == 1


async def test_a_page_that_hangs_does_not_hang_the_step(desk: Desk) -> None:
    await desk.show("<button>Pay</button>")
    await desk.hang()

    async with asyncio.timeout(60):
        with pytest.raises(PageError, match="does not answer"):
            await click(desk.page(1, telling=0.5), Click(target=PAY))


async def _title(desk: Desk) -> str:
    front = desk.host.find(desk.session).front
    assert front is not None
    return await front.title()


async def test_a_click_that_changes_the_page_is_seen_by_the_next_step(desk: Desk) -> None:
    await desk.show(
        "<button onclick=\"setTimeout(() => this.outerHTML = '<b role=status>done</b>', 300)\">Pay</button>"
    )

    await click(desk.page(), Click(target=PAY))

    assert (await read(desk.page(), Read(target={"role": "status"}))).text == "done"


async def test_a_tab_that_a_click_opens_gets_the_name_it_shall_have(desk: Desk) -> None:
    desk.site.page("/invoice", "<h1>Invoice</h1>", delay=0.3)
    await desk.show("<h1>Portal</h1><a href=/invoice target=_blank>Open</a>")

    clicked = await click(desk.page(), Click(target="a", opens="invoice"))

    texts = [(await read(desk.page(), Read(target="h1", page=page))).text for page in ("invoice", "main", None)]
    assert (desk.site.url("/invoice"), ["Invoice", "Portal", "Invoice"]) == (clicked.url, texts)


async def test_a_click_that_opens_no_tab_although_it_shall_is_told(desk: Desk) -> None:
    await desk.show("<button>Open</button>")

    with pytest.raises(PageError, match=r"a click on .*'button' on .* did not open a tab") as caught:
        await click(desk.page(4), Click(target="button", opens="invoice"))

    assert caught.value.acted is None


async def test_a_name_is_not_given_to_two_tabs(desk: Desk) -> None:
    desk.site.page("/invoice", "<h1>Invoice</h1>")
    await desk.show("<a href=/invoice target=_blank>Open</a>")
    await click(desk.page(), Click(target="a", opens="invoice"))

    with pytest.raises(PageError, match="a tab 'invoice' is open already") as caught:
        await click(desk.page(), Click(target="a", opens="invoice", page="main"))

    assert caught.value.acted is False


async def test_keys_are_held_and_a_place_is_hit(desk: Desk) -> None:
    await desk.show(
        "<button style='width:200px;height:40px' "
        'onclick="document.title = [event.shiftKey, event.offsetX, event.offsetY]">Pay</button>'
    )

    await click(desk.page(), Click(target=PAY, modifiers=["Shift"], position=Position(x=150, y=10)))

    assert "true,150,10" == await _title(desk)


async def test_what_is_in_a_frame_is_compared_with_what_the_frame_shows(desk: Desk) -> None:
    await desk.show("<button>Pay all</button><iframe title=Bank srcdoc='<button>Pay now</button>'></iframe>")

    with pytest.raises(ElementNotFoundError, match=r"closest are: button 'Pay now'$"):
        await click(desk.page(1), Click(target={**PAY, "frame": {"title": "Bank"}}))


async def test_for_a_selector_it_is_told_what_the_page_shows(desk: Desk) -> None:
    await desk.show("<h1>Log in</h1><p>Welcome</p><label>User <input></label><button>Go</button>")

    with pytest.raises(ElementNotFoundError, match=r"the page shows: heading 'Log in', textbox 'User', button 'Go'$"):
        await click(desk.page(1), Click(target="#pay"))
