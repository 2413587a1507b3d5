from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from activities.nodes.browser.expect import Expect, expect
from tests.support.browser import Desk
from workflows.errors import ErrorKind, ExpectationFailedError, InvalidParamsError

PAGE = (
    "<h1>Invoice 7</h1><p hidden id=hidden>no</p><label>Amount <input value=12></label>"
    "<label><input type=checkbox checked> Paid</label><button disabled>Send</button><ul><li>a<li>b</ul>"
)


@dataclass(frozen=True)
class Case:
    id: str
    expected: dict[str, Any]
    failure: str = ""
    """How the opposite is told; empty when it is so."""


CASES = [
    Case("visible", {"target": "h1", "state": "visible"}),
    Case("hidden", {"target": "#hidden", "state": "hidden"}),
    Case("absent is hidden", {"target": "#absent", "state": "hidden"}),
    Case("disabled", {"target": "button", "state": "disabled"}),
    Case("checked", {"target": {"label": "Paid"}, "state": "checked"}),
    Case("part of a text", {"target": "h1", "text": "Invoice"}),
    Case("text of the page", {"text": "Invoice 7"}),
    Case("value", {"target": {"label": "Amount"}, "value": "12"}),
    Case("no such text", {"target": "h1", "not_text": "Error"}),
    Case("no such text on the page", {"not_text": "Error", "text": "Invoice"}),
    Case("attributes", {"target": "input[value]", "attributes": {"value": "12", "aria-invalid": None}}),
    Case("count", {"target": {"role": "listitem"}, "count": 2}),
    Case("no such element", {"target": "#absent", "count": 0}),
    Case("path", {"url": "/invoice"}),
    Case("title", {"title": "Test page"}),
    Case("not visible", {"target": "#hidden", "state": "visible"}, "found one that is hidden"),
    Case("not there", {"target": "#absent", "state": "visible"}, "found nothing that matches"),
    Case("other text", {"target": "h1", "text": "Paid"}, "showing 'Paid' on .*; found the text 'Invoice 7'"),
    Case("other value", {"target": {"label": "Amount"}, "value": "1"}, "found the value '12'"),
    Case("unwanted text", {"target": "h1", "not_text": "Invoice"}, "not showing 'Invoice' on .*; found the text 'Inv"),
    Case("unwanted text on the page", {"not_text": "Invoice"}, "not showing 'Invoice' on .*; found a page that shows"),
    Case("other attribute", {"target": "button", "attributes": {"type": "submit"}}, "found one without the attribute"),
    Case("unwanted attribute", {"target": "button", "attributes": {"disabled": None}}, "with the attribute 'disabled'"),
    Case("other count", {"target": "li", "count": 3}, "expected 3 of selector 'li' on .*; found 2 elements that match"),
    Case("other path", {"url": "/done"}, r"expected the address '/done' on .*; found the address 'http.*/invoice'"),
    Case("other title", {"title": "Done"}, "found the title 'Test page'"),
    Case("text nowhere", {"text": "Paid in full"}, "found a page without it"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_a_page_shows_what_is_expected_or_the_difference_is_told(desk: Desk, case: Case) -> None:
    await desk.show(PAGE, path="/invoice")

    if not case.failure:
        assert desk.site.url("/invoice") == (await expect(desk.page(1), Expect(**case.expected))).url
        return
    with pytest.raises(ExpectationFailedError, match=case.failure) as caught:
        await expect(desk.page(1), Expect(**case.expected))

    assert caught.value.kind is ErrorKind.BUSINESS


async def test_an_expectation_waits(desk: Desk) -> None:
    await desk.show("<p id=x>Working<script>setTimeout(() => x.textContent = 'Done', 500)</script>")

    await expect(desk.page(), Expect(target="#x", text="Done"))


async def test_a_page_that_is_busy_for_a_while_is_looked_at_again(desk: Desk) -> None:
    await desk.show("<p>Done")
    await desk.hang(1.5)

    await expect(desk.page(), Expect(text="Done"))


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        (
            {"target": "h1"},
            "at least one of 'state', 'value', 'attributes', 'count', 'text', 'not_text', 'url' and 'title' must be",
        ),
        ({"value": "1"}, "'value' needs 'target' beside it"),
        ({"count": 1}, "'count' needs 'target' beside it"),
    ],
)
def test_an_expectation_must_be_checkable(params: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidParamsError, match=problem):
        expect.read_params(params)
