from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.pdf.fill_form import fill_form
from activities.nodes.pdf.read import read
from activities.nodes.pdf.read_form import read_form
from tests.support.office import form
from tests.support.steps import Steps, failure_of


async def filled(steps: Steps, values: dict[str, Any], **params: Any) -> dict[str, Any]:
    await steps.put("a.pdf", form())
    await steps.do(fill_form, {"path": "a.pdf", "to": "b.pdf", "values": values, **params})
    told: dict[str, Any] = (await steps.do(read_form, {"path": "b.pdf"}))["values"]
    return told


async def test_what_is_filled_in_is_read_again(steps: Steps) -> None:
    values = {"name": "Zoë Łódź 日本", "news": True, "size": "M", "country": "Austria", "extras": ["a", "c"]}

    assert values == await filled(steps, values)


async def test_what_is_not_named_stays_and_check_boxes_can_be_cleared(steps: Steps) -> None:
    await filled(steps, {"news": True, "size": "S"})
    await steps.do(fill_form, {"path": "b.pdf", "values": {"news": False}})

    told = (await steps.do(read_form, {"path": "b.pdf"}))["values"]
    assert (False, "S", "Peru") == (told["news"], told["size"], told["country"])


async def test_a_flattened_form_shows_its_values_and_has_no_fields(steps: Steps) -> None:
    told = await filled(steps, {"name": "Zoë", "country": "Austria"}, flatten=True)

    text = (await steps.do(read, {"path": "b.pdf"}))["text"]
    assert ({}, True, True) == (told, "Zoë" in text, "Austria" in text)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"nmae": "x"}, "no field 'nmae'; did you mean 'name'?"),
        ({"size": "XL"}, "field 'size' has no option 'XL'; it has 'S', 'M'"),
        ({"country": ["Austria", "Peru"]}, "one option of field 'country' can be chosen, found 2"),
        ({"news": "perhaps"}, "check box 'news' is true, false or 'Yes', found 'perhaps'"),
        ({"news": ["Yes"]}, "field 'news' takes one value, found a list of 1"),
        ({"name": "x" * 21}, "field 'name' takes 20 characters, found 21"),
    ],
)
async def test_what_a_form_cannot_hold_is_an_error(steps: Steps, values: dict[str, Any], said: str) -> None:
    error = await failure_of(filled(steps, values))

    assert ("InvalidParamsError", "configuration") == (error.type, error.kind)
    assert said in error.message


async def test_a_character_that_a_flattened_form_would_not_show_is_an_error(steps: Steps) -> None:
    error = await failure_of(filled(steps, {"name": "日本"}, flatten=True))

    assert "the fonts of forms have no '日'" in error.message
