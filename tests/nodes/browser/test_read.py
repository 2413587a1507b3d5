from __future__ import annotations

from dataclasses import dataclass

import pytest

from activities.nodes.browser.read import Read, read
from tests.support.browser import Desk
from workflows.errors import ElementNotFoundError, ElementNotReadyError


@dataclass(frozen=True)
class Case:
    id: str
    html: str
    text: str | None
    attribute: str | None = None


CASES = [
    Case("text as it is seen", "<p id=x>  Total:&nbsp;<b>12</b>\n <i style='display:none'>no</i></p>", "Total: 12"),
    Case("lines", "<p id=x>one<br>two</p>", "one\ntwo"),
    Case("what a field holds", "<input id=x value=alice>", "alice"),
    Case("what an area holds", "<textarea id=x>two\nlines</textarea>", "two\nlines"),
    Case("what is chosen", "<select id=x><option>A<option selected>B</select>", "B"),
    Case("dots for a password", "<input id=x type=password value=hunter2>", "••••••••"),
    Case("dots for a password's value, too", "<input id=x type=password value=hunter2>", "••••••••", "value"),
    Case("an attribute as written", "<a id=x href=/list>List</a>", "/list", "href"),
    Case("an attribute of a hidden field", "<input id=x type=hidden value=token>", "token", "value"),
    Case("an attribute that is not there", "<a id=x>List</a>", None, "href"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_an_element_is_read_as_a_person_sees_it(desk: Desk, case: Case) -> None:
    await desk.show(case.html)

    found = await read(desk.page(), Read(target="#x", attribute=case.attribute))

    assert case.text == found.text


async def test_text_in_a_frame_is_read(desk: Desk) -> None:
    desk.site.page("/inner", "<h1>Inside</h1>", delay=0.5)
    await desk.show("<h1>Outside</h1><iframe name=inner src=/inner></iframe>")

    found = await read(desk.page(), Read(target={"role": "heading", "frame": "iframe[name=inner]"}))

    assert found.text == "Inside"


async def test_text_that_appears_late_is_waited_for(desk: Desk) -> None:
    await desk.show("<p id=x hidden>Done</p><script>setTimeout(() => x.hidden = false, 500)</script>")

    assert (await read(desk.page(), Read(target="#x"))).text == "Done"


async def test_text_that_stays_hidden_is_an_error(desk: Desk) -> None:
    await desk.show("<p id=x hidden>Done</p>")

    with pytest.raises(ElementNotReadyError, match=r"selector '#x' on .* cannot be read: it is hidden"):
        await read(desk.page(1), Read(target="#x"))


async def test_no_error_shows_what_fields_hold(desk: Desk) -> None:
    await desk.show("<label>Password <input value=hunter2></label>")

    with pytest.raises(ElementNotFoundError) as caught:
        await read(desk.page(1), Read(target={"label": "Pasword"}))

    assert "textbox 'Password'" in caught.value.message
    assert "hunter2" not in caught.value.message
