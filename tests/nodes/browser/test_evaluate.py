from __future__ import annotations

import pytest
from pydantic import JsonValue

from activities.nodes.browser.evaluate import Evaluate, evaluate
from tests.support.browser import Desk
from workflows.errors import PageError


@pytest.mark.parametrize(
    ("script", "argument", "value"),
    [
        ("1 + 1", None, 2),
        ("({a, b}) => a + b", {"a": 1, "b": 2}, 3),
        ("async names => names.map(name => name.length)", ["a", "bcd"], [1, 3]),
        ("undefined", None, None),
        ("new Date(Date.UTC(2026, 10, 21))", None, "2026-11-21 00:00:00+00:00"),
        ("document.body", None, "ref: <Node>"),
    ],
)
async def test_a_script_gives_what_is_json(desk: Desk, script: str, argument: JsonValue, value: JsonValue) -> None:
    evaluated = await evaluate(desk.page(), Evaluate(script=script, argument=argument))

    assert value == evaluated.value


async def test_a_script_gets_its_element(desk: Desk) -> None:
    await desk.show("<p data-amount=12>")

    evaluated = await evaluate(
        desk.page(), Evaluate(script="(element, by) => element.dataset.amount * by", argument=2, target="p")
    )

    assert 24 == evaluated.value


async def test_a_script_that_fails_may_have_done_something(desk: Desk) -> None:
    await desk.show("text")

    with pytest.raises(PageError, match=r"the script failed on .*: TypeError: Cannot read") as caught:
        await evaluate(desk.page(), Evaluate(script="nothing => nothing.at.all"))

    assert caught.value.acted is None


async def test_what_is_no_json_is_refused(desk: Desk) -> None:
    with pytest.raises(PageError, match="the script gave something that is no JSON"):
        await evaluate(desk.page(), Evaluate(script="0 / 0"))


async def test_a_script_that_never_ends_does_not_hold_the_step(desk: Desk) -> None:
    with pytest.raises(PageError, match="does not answer; its scripts may hang"):
        await evaluate(desk.page(1, telling=0.2), Evaluate(script="new Promise(() => {})"))
