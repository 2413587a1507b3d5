from __future__ import annotations

import pytest

from activities.nodes.browser.wait import Wait, wait
from tests.support.browser import Desk
from workflows.errors import ElementNotFoundError, InvalidParamsError, PageError

LATER = "<script>setTimeout(() => {{ {} }}, 400)</script>"


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<p id=x hidden>A", {"target": "#x"}),
        ("<p id=y>A", {"target": "#y", "state": "hidden"}),
        ("<p id=y>A", {"target": "#y", "state": "detached"}),
        ("<button id=z disabled>A</button>", {"target": "#z", "state": "enabled"}),
        ("<p id=t>Working", {"target": "#t", "text": "Done"}),
        ("<p id=t>Working", {"text": "Done"}),
        ("", {"url": "/done"}),
        ("", {"url": "*/do?e*"}),
    ],
)
async def test_a_change_of_the_page_is_waited_for(desk: Desk, html: str, what: dict[str, str]) -> None:
    change = (
        "for (const e of document.querySelectorAll('#x')) e.hidden = false;"
        "for (const e of document.querySelectorAll('#y')) e.remove();"
        "for (const e of document.querySelectorAll('#z')) e.disabled = false;"
        "for (const e of document.querySelectorAll('#t')) e.textContent = 'All Done.';"
        "history.pushState({}, '', '/done?n=1')"
    )
    await desk.show(html + LATER.format(change))

    waited = await wait(desk.page(), Wait(**what))

    assert waited.url.startswith(desk.site.url())


async def test_waiting_goes_on_over_a_navigation(desk: Desk) -> None:
    desk.site.page("/next", "<h1>Next</h1>", delay=0.5)
    await desk.show("<p>First")
    await desk.later("location = '/next'")

    waited = await wait(desk.page(), Wait(target={"role": "heading", "name": "Next"}))

    assert desk.site.url("/next") == waited.url


async def test_what_never_appears_is_not_found(desk: Desk) -> None:
    await desk.show("<h1>Working</h1>")

    with pytest.raises(ElementNotFoundError) as caught:
        await wait(desk.page(1), Wait(target={"role": "heading", "name": "Done"}))

    assert (
        f"waited in vain for heading 'Done' visible on '{desk.site.url()}'; found nothing that matches; "
        "the closest are: heading 'Working'"
    ) == caught.value.message


async def test_what_never_changes_is_told_as_it_is(desk: Desk) -> None:
    await desk.show("<h1>Working</h1>")

    with pytest.raises(PageError, match=r"for heading visible and showing 'Done' on .*; found the text 'Working'"):
        await wait(desk.page(1), Wait(target={"role": "heading"}, text="Done"))


def test_there_must_be_something_to_wait_for() -> None:
    with pytest.raises(InvalidParamsError, match="at least one of 'target', 'url' and 'text' must be given"):
        wait.read_params({"state": "hidden"})


async def test_several_may_be_waited_for_to_hide(desk: Desk) -> None:
    hide = "for (const e of document.querySelectorAll('.busy')) e.hidden = true"
    await desk.show("<p class=busy>a<p class=busy>b" + LATER.format(hide))

    await wait(desk.page(), Wait(target=".busy", state="hidden"))


async def test_an_element_that_comes_and_goes_is_no_trouble(desk: Desk) -> None:
    """Looking and finding it gone is no reason to wait for it to come back."""
    blink = "for (const e of document.querySelectorAll('p')) e.remove(); if (n++ % 2) document.body.append(p)"
    await desk.show(
        f"<script>let n = 0; const p = document.createElement('p'); setInterval(() => {{ {blink} }}, 15)</script>"
    )

    for _ in range(20):
        await wait(desk.page(), Wait(target="p", state="attached"))
        await wait(desk.page(), Wait(target="p", state="detached"))
