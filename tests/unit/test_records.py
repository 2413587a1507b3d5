"""What may be different of an element from one record's page to the next."""

from __future__ import annotations

import pytest

from activities.drivers.playwright.healing.record import is_its_counterpart, record_of
from tests.unit.test_fingerprints import BUTTON

ONE, OTHER = (record_of(f"https://portal.example/invoices/{number}") for number in (1, 2))
LINK = BUTTON.model_copy(
    update={"record": ONE, "text": "acme", "href": "/customers/17", "path": ("p:1", "a:1"), "heading": "invoice 1"}
)
OTHER_LINK = LINK.model_copy(update={"record": OTHER, "text": "globex", "href": "/customers/23"})
PAY = BUTTON.model_copy(update={"record": ONE, "text": "pay acme", "heading": "acme, invoice 1"})
OTHER_PAY = PAY.model_copy(update={"record": OTHER, "text": "pay globex", "heading": "globex, invoice 2"})


def test_records_are_told_apart_only_where_pages_are_not() -> None:
    assert ONE != OTHER
    assert not record_of("https://portal.example/invoices")


def test_a_link_to_the_same_kind_of_page_may_bear_another_name() -> None:
    assert is_its_counterpart(LINK, OTHER_LINK)


def test_a_button_may_be_called_by_what_its_page_is_about() -> None:
    assert is_its_counterpart(PAY, OTHER_PAY)


@pytest.mark.parametrize(
    "change",
    [
        {"record": ONE},
        {"record": ""},
        {"path": ("p:1", "a:2")},
        {"href": "/refunds/23"},
        {"href": "/customers/new"},
    ],
)
def test_another_link_is_another_link(change: dict[str, object]) -> None:
    assert not is_its_counterpart(LINK, OTHER_LINK.model_copy(update=change))


@pytest.mark.parametrize("text", ["refund globex", "refund", "pay somebody else", ""])
def test_a_control_of_another_name_is_another_control(text: str) -> None:
    assert not is_its_counterpart(PAY, OTHER_PAY.model_copy(update={"text": text}))
