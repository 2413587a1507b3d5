from __future__ import annotations

import pytest

from activities.nodes.browser.extract import Extract, extract
from tests.support.browser import Desk
from workflows.errors import ElementAmbiguousError, ElementNotFoundError, InvalidParamsError, PageError

SHOP = """
<article><h2>Desk</h2><span class=price>120 €</span><a href=/desk>Details</a></article>
<article><h2>Lamp</h2><a href=/lamp>Details</a></article>
"""
FIELDS = {"title": {"role": "heading"}, "price": ".price", "link": {"role": "link"}}
NEXT = {"role": "link", "name": "Next"}


def listing(number: int, *, following: bool) -> str:
    """One page of a list that is served page by page."""
    rows = "".join(f"<li><b>{number}.{row}</b></li>" for row in (1, 2))
    return f"<ul>{rows}</ul>" + (f"<a href=/p{number + 1}>Next</a>" if following else "")


async def test_every_record_of_a_page_is_read(desk: Desk) -> None:
    await desk.show(SHOP)

    extracted = await extract(
        desk.page(),
        Extract(each="article", fields=FIELDS, attributes={"link": "href"}, optional=("price",)),
    )

    assert [
        {"title": "Desk", "price": "120 €", "link": "/desk"},
        {"title": "Lamp", "price": None, "link": "/lamp"},
    ] == extracted.records


async def test_a_page_may_be_one_record(desk: Desk) -> None:
    await desk.show("<label>Name <input value=ACME></label><p id=total>12 €</p>")

    extracted = await extract(desk.page(), Extract(fields={"name": {"label": "Name"}, "total": "#total"}))

    assert [{"name": "ACME", "total": "12 €"}] == extracted.records


async def test_records_in_shadow_trees_are_told_apart(desk: Desk) -> None:
    await desk.show(
        "<x-card></x-card><x-card></x-card><script>let n = 0;"
        "customElements.define('x-card', class extends HTMLElement { connectedCallback() {"
        "this.attachShadow({mode: 'open'}).innerHTML = `<b>${++n}</b>` } })</script>"
    )

    extracted = await extract(desk.page(), Extract(each="x-card", fields={"number": "b"}))

    assert [{"number": "1"}, {"number": "2"}] == extracted.records


async def test_which_of_several_counts_within_a_record(desk: Desk) -> None:
    await desk.show("<p><b>a</b><b>b</b></p><p><b>c</b><b>d</b></p>")

    extracted = await extract(desk.page(), Extract(each="p", fields={"second": {"css": "b", "nth": 2}}))

    assert [{"second": "b"}, {"second": "d"}] == extracted.records


async def test_a_field_that_a_record_lacks_is_an_error_unless_it_may(desk: Desk) -> None:
    await desk.show(SHOP)

    with pytest.raises(ElementNotFoundError, match=r"'\.price' for field 'price' in record 2 on .*under `optional`"):
        await extract(desk.page(1), Extract(each="article", fields=FIELDS))


async def test_two_elements_for_one_field_are_not_guessed(desk: Desk) -> None:
    await desk.show("<p><b>a</b><b>b</b></p>")

    with pytest.raises(ElementAmbiguousError, match=r"2 elements match .* for field 'x' in record 1"):
        await extract(desk.page(), Extract(each="p", fields={"x": "b"}))


async def test_no_records_are_no_error_unless_there_shall_be_some(desk: Desk) -> None:
    await desk.show("Nothing found")

    none = await extract(desk.page(), Extract(each="article", fields=FIELDS))

    assert (0, []) == (none.count, none.records)
    with pytest.raises(ElementNotFoundError, match="there shall be 1 or more"):
        await extract(desk.page(1), Extract(each="article", fields=FIELDS, at_least=1))


async def test_records_that_come_late_are_waited_for(desk: Desk) -> None:
    await desk.show("<ul></ul><script>setTimeout(() => document.querySelector('ul').innerHTML = '<li>a', 400)</script>")

    extracted = await extract(desk.page(), Extract(each="li", fields={"text": "xpath=."}, at_least=1))

    assert [{"text": "a"}] == extracted.records


async def test_a_list_is_read_page_by_page(desk: Desk) -> None:
    desk.site.page("/p2", listing(2, following=True), delay=0.2)
    desk.site.page("/p3", listing(3, following=False))
    await desk.show(listing(1, following=True))

    extracted = await extract(desk.page(), Extract(each="li", fields={"number": "b"}, next=NEXT))

    assert ["1.1", "1.2", "2.1", "2.2", "3.1", "3.2"] == [record["number"] for record in extracted.records]


async def test_a_list_whose_script_turns_its_pages_is_read_to_where_next_is_disabled(desk: Desk) -> None:
    await desk.show(
        "<ul></ul><button>Next</button><script>let n = 0; const button = document.querySelector('button');"
        "const draw = () => { n++; document.querySelector('ul').innerHTML = `<li><b>${n}</b>`;"
        "button.disabled = n == 3 };"
        "button.onclick = () => setTimeout(draw, 150); draw()</script>"
    )

    extracted = await extract(
        desk.page(), Extract(each="li", fields={"number": "b"}, next={"role": "button", "name": "Next"})
    )

    assert ["1", "2", "3"] == [record["number"] for record in extracted.records]


async def test_an_attempt_after_one_that_failed_halfway_begins_at_the_first_page(desk: Desk) -> None:
    desk.site.page("/p2", "<ul><li>broken</ul>")
    await desk.show(listing(1, following=True))
    params = Extract(each="li", fields={"number": "b"}, next=NEXT)
    with pytest.raises(ElementNotFoundError):
        await extract(desk.page(5), params)
    desk.site.page("/p2", listing(2, following=False))

    extracted = await extract(desk.page(), params)

    assert ["1.1", "1.2", "2.1", "2.2"] == [record["number"] for record in extracted.records]


async def test_more_pages_than_there_may_be_are_an_error(desk: Desk) -> None:
    await desk.show(listing(1, following=True))

    with pytest.raises(PageError, match="has more than 1 pages"):
        await extract(desk.page(), Extract(each="li", fields={"number": "b"}, next=NEXT, pages=1))


async def test_a_next_that_leads_nowhere_is_told(desk: Desk) -> None:
    await desk.show("<ul><li><b>1</b></ul><button>Next</button>")

    with pytest.raises(PageError, match=r"page 2 of the list on .* does not come"):
        await extract(desk.page(4), Extract(each="li", fields={"n": "b"}, next="button"))


@pytest.mark.parametrize(
    "params",
    [
        {"fields": {}},
        {"fields": {"a": "b"}, "optional": ["c"]},
        {"fields": {"a": "b"}, "attributes": {"c": "href"}},
        {"fields": {"a": "b"}, "next": "a"},
    ],
)
def test_parameters_must_go_together(params: dict[str, object]) -> None:
    with pytest.raises(InvalidParamsError):
        extract.read_params(params)
