"""What is learned on the page of one record helps on those of all others, and misleads on none."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.nodes.browser.click import click
from tests.nodes.browser.test_healing import Office
from tests.support.browser import Desk

PAY = {"target": "#pay"}
MAIN = {"target": ".main"}
CUSTOMER = {"target": ".customer"}


def invoice(number: int, customer: str, button: str = "<button id=pay>Pay now</button>") -> str:
    """The page of one invoice; its title tells what was clicked."""
    return f"""
      <nav><a href=/invoices>Invoices</a></nav><h1>Invoice {number}</h1>
      <p>For <a class=customer href=/customers/{number}>{customer}</a></p>
      <form onsubmit="return false">{button} <button id=cancel type=button>Cancel</button></form>
      <script>onclick = event => {{ event.preventDefault(); document.title = event.target.textContent }}</script>"""


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    return Office(desk, tmp_path)


@pytest.mark.parametrize("place", ["/invoices/{}", "/app?{0}#/invoices/{0}"])
async def test_what_was_learned_on_one_invoice_heals_on_the_next(office: Office, place: str) -> None:
    await office.desk.show(invoice(1, "ACME"), path=place.format(1))
    await office.do(click, PAY)
    await office.desk.show(invoice(2, "Globex", "<button id=b7>Pay now</button>"), path=place.format(2))

    outcome = await office.do(click, PAY)

    assert (1, "Pay now") == (len(outcome.healed), await office.desk.title())


async def test_many_invoices_are_remembered_as_one(office: Office) -> None:
    for number, customer in enumerate(("ACME", "Globex", "Initech"), start=1):
        await office.desk.show(invoice(number, customer), path=f"/invoices/{number}")
        await office.do(click, PAY)
        await office.do(click, CUSTOMER)
        assert customer == await office.desk.title()

    assert 2 == len(office.kept)


async def test_another_button_in_the_place_of_the_one_on_other_invoices_is_not_clicked(office: Office) -> None:
    await office.desk.show(invoice(1, "ACME", "<button class=main>Pay now</button>"), path="/invoices/1")
    await office.do(click, MAIN)
    await office.desk.show(invoice(2, "Globex", "<button class=main>Refund</button>"), path="/invoices/2")

    error = await office.refused(click, MAIN)

    assert ("ElementChangedError", False, "Test page") == (error.type, error.acted, await office.desk.title())


async def test_a_paid_invoice_has_no_button_to_pay(office: Office) -> None:
    await office.desk.show(invoice(1, "ACME"), path="/invoices/1")
    await office.do(click, PAY)
    await office.desk.show(invoice(2, "Globex", "<b>Paid</b>"), path="/invoices/2")

    error = await office.refused(click, PAY)

    assert ("ElementNotFoundError", "Test page") == (error.type, await office.desk.title())
