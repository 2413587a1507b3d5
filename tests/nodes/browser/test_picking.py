"""What is said of an element someone points at."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import JsonValue

from activities.drivers.playwright.recording.pick import picked
from activities.drivers.playwright.recording.suggest import Suggestion
from activities.sessions.target import Target
from tests.support.browser import Desk
from workflows.errors import ElementNotFoundError, PageError

LAMP = "<article><h2>Desk</h2><a href=/>Buy</a></article><article><h2>Lamp</h2><a id=x12345 href=/>Buy</a></article>"


async def suggestions(desk: Desk, html: str, selector: str = "#it") -> list[Suggestion]:
    desk.site.page("/picked", html)
    return await picked(desk.host.find(desk.session), desk.site.url("/picked"), Target(selector=selector))


@pytest.mark.parametrize(
    ("html", "best", "reason"),
    [
        ("<button id=it data-testid=pay>Pay</button>", {"test_id": "pay"}, "a test id"),
        ("<button id=it>Pay</button>", {"role": "button", "name": "Pay"}, "what people call it"),
        ("<label>Amount <input id=it></label>", {"label": "Amount"}, "the label people read"),
        ("<label for=it>Country</label><select id=it><option>Italy</select>", {"label": "Country"}, "the label"),
        ("<div><input id=it placeholder=Search></div>", {"role": "textbox", "name": "Search"}, "what people call it"),
        ("<img id=it alt=Logo>", {"role": "img", "name": "Logo"}, "what people call it"),
        ("<p id=it>Import finished", {"text": "Import finished"}, "the text people see"),
        ("<canvas id=it></canvas>", {"css": '[id="it"]'}, "an id"),
        ("<h1></h1><span></span><span id=ember1234></span>", "css=html > body > span:nth-of-type(2)", "its kind alone"),
        (
            "<table><tr><td>ACME<td><button>Pay</button><tr><td>Globex<td><button id=x12345>Pay</button></table>",
            {"role": "button", "name": "Pay", "within": {"role": "row", "name": "Globex", "exact": False}},
            "2 names",
        ),
        (
            LAMP,
            {"role": "link", "name": "Buy", "within": {"css": 'article:has-text("Lamp")'}},
            "what people call it",
        ),
        (
            "<fieldset><legend>From</legend><label>Date <input></label></fieldset><fieldset><legend>To</legend>\
            <label>Date <input id=x12345></label></fieldset>",
            {"label": "Date", "within": {"role": "group", "name": "To"}},
            "what people call it",
        ),
        (
            "<b>Pay</b><button>Pay</button><button id=x12345>Pay</button>",
            {"role": "button", "name": "Pay", "nth": 2},
            "a number among all that match",
        ),
    ],
)
async def test_the_target_that_lasts_longest_comes_first(desk: Desk, html: str, best: JsonValue, reason: str) -> None:
    selector = "[id=x12345], #it, #ember1234"

    first, *others = await suggestions(desk, html, selector)

    assert best == first.written()
    assert reason in first.reason
    assert all(first.stability + 10 >= other.stability for other in others)


async def test_a_name_keeps_its_digits_and_is_known_to_hold_a_number(desk: Desk) -> None:
    """A part of a name that may match many is no name."""
    found = await suggestions(desk, "<a href=/ id=it>INV-1</a><a href=/>INV-12</a><a href=/>INV-</a>")

    by_name = next(each for each in found if each.target.name)
    assert {"role": "link", "name": "INV-1"} == by_name.written()
    assert "leans on a number in its words" in by_name.reason


async def test_what_is_in_a_frame_or_a_shadow_tree_is_named_with_it(desk: Desk) -> None:
    shadow = (
        "<div id=host></div><script>host.attachShadow({mode: 'open'}).innerHTML = '<i></i><b class=x></b>'</script>"
    )

    deep = await suggestions(desk, shadow, ".x")

    assert ["css=html > body > div >> css=b"] == [each.written() for each in deep]


async def test_every_suggestion_names_the_element_and_no_other(desk: Desk) -> None:
    html = "<label>Amount <input id=it name=amount title=Sum placeholder='in €' data-testid=amount></label><input>"

    found = await suggestions(desk, html)

    assert 7 <= len(found)
    for each in found:
        assert "amount" == await desk.page().read(each.target, "name")


async def test_a_click_in_the_window_picks_and_does_nothing_else(desk: Desk) -> None:
    desk.site.page(
        "/", "<button onclick=\"document.title = 'clicked'\" style='width:200px;height:80px'><i>Pay</i></button>"
    )
    session = desk.host.find(desk.session)
    picking = asyncio.create_task(picked(session, desk.site.url(), None))
    page = session.context.pages[0]
    await page.wait_for_selector("button")

    await page.mouse.click(60, 40)
    found = await picking

    assert {"role": "button", "name": "Pay"} == found[0].written()
    assert "clicked" != await page.title()


async def test_in_a_frame_the_frame_is_named_too(desk: Desk) -> None:
    desk.site.page("/inner", "<button style='width:200px;height:80px'>Pay</button>")
    desk.site.page("/", "<iframe title=Bank src=/inner style='border:0'></iframe>")
    session = desk.host.find(desk.session)
    picking = asyncio.create_task(picked(session, desk.site.url(), None))
    page = session.context.pages[0]
    await page.frame_locator("iframe").locator("button").wait_for()

    await page.mouse.click(60, 40)
    found = await picking

    assert "Bank" in str(found[0].target.frame)
    assert "Pay" == await desk.page().read(found[0].target, None)


async def test_a_page_that_is_closed_first_is_told(desk: Desk) -> None:
    desk.site.page("/", "text")
    session = desk.host.find(desk.session)
    picking = asyncio.create_task(picked(session, desk.site.url(), None))
    await session.context.pages[0].wait_for_url(desk.site.url())

    await session.context.pages[0].close()

    with pytest.raises(PageError, match="closed before anything was clicked"):
        await picking


async def test_what_is_named_must_be_there_alone(desk: Desk) -> None:
    with pytest.raises(ElementNotFoundError, match="2 elements match selector 'p'"):
        await suggestions(desk, "<p><p>", "p")
