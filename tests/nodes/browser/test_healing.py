from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.playwright.healing.memory import Memory
from activities.fingerprints import LocalFingerprintStore
from activities.nodes.browser.click import click
from activities.nodes.browser.drag import drag
from activities.nodes.browser.fill import fill
from activities.nodes.browser.read import read
from activities.sessions.browser import Condition
from activities.sessions.target import Target
from tests.support.browser import Desk
from tests.support.steps import Steps, failure_of
from workers.providers import browser_provider
from workflows.call import StepOutcome

FORM = """
<h1>Pay a supplier</h1>
<nav><a href=/invoices>Invoices</a> <a href=/suppliers>Suppliers</a></nav>
<form action=/paid>
  <label for=account>Account</label><input id=account name=account placeholder="DE00 0000">
  <label for=amount>Amount</label><input id=amount name=amount>
  <button id=pay class=primary type=button onclick="document.title = 'paid'">Pay now</button>
  <button id=cancel class=secondary type=button onclick="document.title = 'cancelled'">Cancel</button>
</form>
"""
SKINNED = FORM.replace("id=pay class=primary", "id=b7 class=cta").replace("id=cancel class=secondary", "id=b8")
PAY = {"target": "#pay"}


class Office:
    """Steps with a memory, in front of a page that changes from run to run."""

    def __init__(self, desk: Desk, directory: Path, *, alone: bool = True) -> None:
        self.desk = desk
        self.directory = directory
        memory = Memory(LocalFingerprintStore(directory / "fingerprints"), alone=alone)
        steps = directory / "steps"
        steps.mkdir()
        self.steps = Steps(steps, browser_provider(desk.host, memory=memory), secrets={"password": "hunter2"})

    async def do(self, node: Any, params: dict[str, Any], seconds: float = 4) -> StepOutcome:
        facts: dict[str, Any] = {"session": self.desk.grant, "known": ("password",), "timeout": seconds}
        return await self.steps.outcome(node, params, **facts)

    async def refused(self, node: Any, params: dict[str, Any], seconds: float = 4) -> Any:
        return await failure_of(self.do(node, params, seconds))

    async def reads(self, params: dict[str, Any]) -> tuple[str, StepOutcome]:
        outcome = await self.do(read, params)
        output: Any = outcome.output
        return output["text"], outcome

    @property
    def kept(self) -> list[Path]:
        return list((self.directory / "fingerprints").rglob("*.json"))


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    return Office(desk, tmp_path)


async def test_a_button_with_another_id_is_found_again_and_reported(office: Office) -> None:
    await office.desk.show(FORM)
    await office.do(click, PAY)
    await office.desk.show(SKINNED)

    outcome = await office.do(click, PAY)

    assert "paid" == await office.desk.title()
    (heal,) = outcome.healed
    assert ("css '#pay'", '<button id="b7" type="button"> \'Pay now\'') == (
        heal.target.replace("selector", "css"),
        heal.found,
    )


async def test_a_step_that_had_to_look_does_not_wait_as_long_the_next_time(office: Office) -> None:
    await office.desk.show(FORM)
    await office.do(click, PAY)
    await office.desk.show(SKINNED)
    await office.do(click, PAY, seconds=2)
    began = time.monotonic()

    outcome = await office.do(click, PAY, seconds=100)

    assert 1 == len(outcome.healed)
    assert time.monotonic() - began < 30


async def test_nothing_is_reported_when_nothing_has_changed(office: Office) -> None:
    await office.desk.show(FORM)
    first = await office.do(click, PAY)

    second = await office.do(click, PAY)

    assert ((), ()) == (first.healed, second.healed)
    assert 1 == len(office.kept)


async def test_a_target_that_names_another_button_now_is_not_trusted(office: Office) -> None:
    """The ids of two buttons were exchanged: the name tells which is which."""
    await office.desk.show(FORM)
    await office.do(click, PAY)
    await office.desk.show(FORM.replace("id=pay", "id=x").replace("id=cancel", "id=pay").replace("id=x", "id=cancel"))

    outcome = await office.do(click, PAY)

    assert ("paid", 1) == (await office.desk.title(), len(outcome.healed))


async def test_a_button_that_is_gone_is_not_replaced_by_another(office: Office) -> None:
    await office.desk.show(FORM)
    await office.do(click, PAY)
    await office.desk.show(FORM.replace("<button id=pay", "<i hidden").replace("Pay now</button>", "</i>"))

    error = await office.refused(click, PAY)

    assert ("ElementNotFoundError", False) == (error.type, error.acted)
    assert "not healed: what is most alike is another element that was there before" in error.message
    assert "Test page" == await office.desk.title()


async def test_another_button_under_the_same_id_is_not_clicked(office: Office) -> None:
    await office.desk.show(FORM)
    await office.do(click, PAY)
    await office.desk.show(
        FORM.replace("<button id=pay", "<i hidden").replace("Pay now</button>", "</i>").replace("id=cancel", "id=pay")
    )

    error = await office.refused(click, PAY)

    assert ("ElementChangedError", "configuration", False) == (error.type, error.kind, error.acted)
    assert "is not 'pay now' any more" in error.message
    assert "Test page" == await office.desk.title()


async def test_a_button_of_another_name_is_proposed_and_not_clicked(office: Office) -> None:
    await office.desk.show(FORM)
    await office.do(click, PAY)
    await office.desk.show(SKINNED.replace("Pay now", "Transfer"))

    error = await office.refused(click, PAY)

    assert "ElementChangedError" == error.type
    assert '<button id="b7" type="button"> \'Transfer\'' == error.details["candidate"]
    assert "Test page" == await office.desk.title()


async def test_a_control_that_has_several_names_stays_the_same(office: Office) -> None:
    """`Next` becomes `Finish` on the last page of a form: nothing else has changed, and no other took its place."""
    await office.desk.show(FORM)
    await office.do(click, PAY)
    await office.desk.show(FORM.replace("Pay now", "Finish"))

    outcome = await office.do(click, PAY)

    assert ("paid", ()) == (await office.desk.title(), outcome.healed)


async def test_a_field_is_found_again_by_its_label(office: Office) -> None:
    await office.desk.show(FORM)
    await office.do(fill, {"target": "#amount", "value": "12"})
    await office.desk.show(FORM.replace("id=amount name=amount", "id=f2 name=q2").replace("for=amount", "for=f2"))

    await office.do(fill, {"target": "#amount", "value": "13"})

    assert await office.desk.page().meets(Condition(target=Target(css="#f2"), value="13")) is None


async def test_what_an_element_shows_may_be_another_text_each_time(office: Office) -> None:
    await office.desk.show("<h1>Total</h1><p id=total>12.00</p>")
    await office.do(read, {"target": "#total"})
    await office.desk.show("<h1>Total</h1><p id=total>Nothing to pay</p>")

    text, outcome = await office.reads({"target": "#total"})

    assert ("Nothing to pay", ()) == (text, outcome.healed)


async def test_what_is_found_by_counting_may_be_another_each_time(office: Office) -> None:
    await office.desk.show("<ul><li><a href=/a>ACME</a><li><a href=/b>Globex</a></ul>")
    await office.do(read, {"target": {"css": "li a", "nth": 1}})
    await office.desk.show("<ul><li><a href=/b>Globex</a><li><a href=/a>ACME</a></ul>")

    text, outcome = await office.reads({"target": {"css": "li a", "nth": 1}})

    assert ("Globex", ()) == (text, outcome.healed)


async def test_a_robot_may_be_told_to_ask_first(desk: Desk, tmp_path: Path) -> None:
    office = Office(desk, tmp_path, alone=False)
    await desk.show(FORM)
    await office.do(click, PAY)
    await desk.show(SKINNED)

    error = await office.refused(click, PAY)

    assert "ElementChangedError" == error.type
    assert "Test page" == await desk.title()


async def test_one_of_two_equal_names_is_found_by_its_row(office: Office) -> None:
    rows = "<table><tr><td>ACME<td><button {a}>Pay</button><tr><td>Globex<td><button {b}>Pay</button></table>"
    script = """<script>document.querySelectorAll('button').forEach(button => {
      button.onclick = () => { document.title = button.closest('tr').cells[0].textContent; };
    })</script>"""
    await office.desk.show(rows.format(a="id=p1", b="id=p2") + script)
    await office.do(click, {"target": "#p2"})
    await office.desk.show(rows.format(a="class=x", b="class=y") + script)

    await office.do(click, {"target": "#p2"})

    assert "Globex" == await office.desk.title()


async def test_an_element_in_a_frame_is_found_again(office: Office) -> None:
    office.desk.site.page("/inner", FORM)
    await office.desk.show("<h1>Outside</h1><iframe src=/inner></iframe>")
    target = {"target": {"css": "#amount", "frame": "iframe"}, "value": "1"}
    await office.do(fill, target)
    office.desk.site.page("/inner", FORM.replace("id=amount", "id=f2").replace("for=amount", "for=f2"))
    await office.desk.show("<h1>Outside</h1><iframe src=/inner></iframe>")

    outcome = await office.do(fill, target)

    assert 1 == len(outcome.healed)


async def test_of_two_elements_of_one_step_each_is_known_by_itself(office: Office) -> None:
    page = "<h1>Board</h1><ul><li draggable=true id=card>Invoice</ul><section id=done><h2>Done</h2>Drop here</section>"
    script = """<script>
      document.querySelector('section').ondragover = event => event.preventDefault();
      document.querySelector('section').ondrop = () => { document.title = 'dropped'; };
    </script>"""
    await office.desk.show(page + script)
    await office.do(drag, {"target": "#card", "to": "#done"})
    await office.desk.show(page.replace("id=card", "id=c1") + script)

    outcome = await office.do(drag, {"target": "#card", "to": "#done"})

    assert ("dropped", ["selector '#card'"]) == (await office.desk.title(), [heal.target for heal in outcome.healed])


async def test_nothing_that_was_typed_is_remembered(office: Office) -> None:
    await office.desk.show(FORM)
    await office.do(fill, {"target": "#account", "value": "hunter2 DE12"})

    await office.do(click, PAY)

    texts = [path.read_text().casefold() for path in office.kept]
    assert 2 == len(texts)
    assert not [text for text in texts if "hunter2" in text or "de12" in text]


async def test_nothing_is_remembered_of_a_page_that_shows_a_secret(office: Office) -> None:
    await office.desk.show(FORM + "<p>Your password is hunter2</p>")

    await office.do(click, PAY)

    assert [] == office.kept


async def test_nothing_is_learned_from_a_step_that_failed(office: Office) -> None:
    await office.desk.show(FORM.replace("id=pay", "id=pay disabled"))

    await office.refused(click, PAY)

    assert [] == office.kept
