from __future__ import annotations

import pytest

from activities.nodes.browser.fill import Fill, fill
from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk
from workflows.errors import (
    AetherError,
    ElementAmbiguousError,
    ElementNotFoundError,
    ElementNotReadyError,
    InvalidParamsError,
    PageError,
)


@pytest.mark.parametrize(("value", "shown"), [("Zoë", "Zoë"), (12, "12"), (12.0, "12"), (0.1, "0.1"), ("", "")])
async def test_a_field_holds_what_was_written(desk: Desk, value: str | float, shown: str) -> None:
    await desk.show("<label>Amount <input value=old></label>")

    await fill(desk.page(), Fill(target={"label": "Amount"}, value=value))

    assert shown == (await read(desk.page(), Read(target={"label": "Amount"}))).text


async def test_a_field_that_appears_late_is_waited_for(desk: Desk) -> None:
    await desk.show("<script>setTimeout(() => document.body.innerHTML = '<input title=Late>', 700)</script>")

    await fill(desk.page(), Fill(target={"title": "Late"}, value="x"))

    assert (await read(desk.page(), Read(target={"title": "Late"}))).text == "x"


async def test_a_field_that_is_there_as_the_time_ends_is_still_looked_at(desk: Desk) -> None:
    """A step that gave up before it looked could not even say what stood in its way."""
    await desk.show("<input>")

    await fill(desk.page(0.001), Fill(target="input", value="x"))

    assert "x" == (await read(desk.page(), Read(target="input"))).text


async def test_a_field_is_found_inside_a_frame(desk: Desk) -> None:
    desk.site.page("/inner", "<label>Card <input></label>")
    await desk.show("<iframe title=Payment src=/inner></iframe>")
    card = {"label": "Card", "frame": {"title": "Payment"}}

    await fill(desk.page(), Fill(target=card, value="4111"))

    assert (await read(desk.page(), Read(target=card))).text == "4111"


async def test_a_missing_field_is_told_with_what_is_there_instead(desk: Desk) -> None:
    await desk.show("<label>User name: <input value=alice></label><label>Password <input></label>")

    with pytest.raises(ElementNotFoundError) as caught:
        await fill(desk.page(1), Fill(target={"label": "Username"}, value="bob"))

    assert (
        f"no element matches label 'Username' on '{desk.site.url()}'; the closest are: textbox 'User name:'"
        == caught.value.message
    )


@pytest.mark.parametrize(
    ("html", "error"),
    [
        ("", ElementNotFoundError),
        ("<input class=f><input class=f>", ElementAmbiguousError),
        ("<input class=f disabled>", ElementNotReadyError),
        ("<input class=f readonly>", ElementNotReadyError),
        ("<input class=f style='display:none'>", ElementNotReadyError),
        ("<h1 class=f>Title</h1>", PageError),
        ("<input class=f type=number>", InvalidParamsError),
    ],
)
async def test_no_error_shows_what_was_to_be_written(desk: Desk, html: str, error: type[AetherError]) -> None:
    await desk.show(html)

    with pytest.raises(error) as caught:
        await fill(desk.page(1), Fill(target=".f", value="hunter2"))

    assert "hunter2" not in f"{caught.value!r} {caught.value.details} {caught.value.__cause__!r}"
    assert caught.value.acted is False


async def test_nothing_can_be_written_that_is_not_text_or_a_number() -> None:
    with pytest.raises(InvalidParamsError, match=r"field 'value': expected text or .* number, not True"):
        fill.read_params({"target": "#a", "value": True})


@pytest.mark.parametrize(
    ("kind", "value", "example"),
    [
        ("date", "30.11.2026", "2026-11-30"),
        ("time", "2 pm", "14:30"),
        ("month", "November", "2026-11"),
        ("number", "12,50", "12.5"),
        ("range", 900, "50, within its limits"),
    ],
)
async def test_a_value_that_a_field_of_its_kind_would_drop_is_told(
    desk: Desk, kind: str, value: str | int, example: str
) -> None:
    await desk.show(f"<label>Due <input type={kind}></label>")

    with pytest.raises(InvalidParamsError, match=rf"label 'Due' on .* is a {kind} field .* such as '{example}'"):
        await fill(desk.page(), Fill(target={"label": "Due"}, value=value))
