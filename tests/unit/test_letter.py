from __future__ import annotations

from activities.letter import subject, text
from tests.support.notices import delivery, notice


def test_a_subject_says_what_happened_and_where() -> None:
    assert "invoices parked at pay_all[7].pay: ElementNotFoundError" == subject(delivery())


def test_a_subject_tells_how_many_there_were() -> None:
    assert subject(delivery(count=12)).endswith("ElementNotFoundError (12 times)")


def test_a_subject_is_one_line_of_bounded_length() -> None:
    line = subject(delivery(document="a\r\nBcc: x@example.com", error="E" * 500))

    assert 150 == len(line)
    assert line.isprintable()


def test_a_letter_names_what_one_needs_in_order_to_look() -> None:
    letter = text(delivery(count=3, link="http://127.0.0.1:8233/x"))

    assert "no element matches {'label': 'Amount'}" in letter
    assert "look:     http://127.0.0.1:8233/x" in letter
    assert "the latest of 3 since 2026-11-21 12:00:00 UTC" in letter
    assert "aether show invoices/1" in letter
    assert f"aether incidents show {notice().incident}" in letter


def test_a_letter_has_no_line_for_what_is_not_known() -> None:
    letter = text(delivery(kind="ended_behind", step=None, place=None, error=None, message=""))

    assert letter.startswith("invoices was ended past Aether.\n\nrun:      invoices/1\ndocument: invoices\ntime:")
