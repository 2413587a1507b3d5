"""An invoice: what a person types into the form, what is wrong with it, and what the portal keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CURRENCIES = ("EUR", "USD", "GBP", "CHF")
FIELDS = ("supplier", "number", "date", "amount", "currency", "note")
NUMBER_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,39}")
AMOUNT_SHAPE = re.compile(r"-?[0-9]{1,12}([.][0-9]{1,2})?")
LARGEST_AMOUNT = Decimal(10_000_000)
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """The form as it was sent: text, right or wrong."""

    supplier: str
    number: str
    date: str
    amount: str
    currency: str
    note: str

    @classmethod
    def read(cls, form: Mapping[str, object]) -> Entry:
        """Take the known fields of a form; those that are missing are empty."""
        return cls(**{field: str(form.get(field) or "").strip() for field in FIELDS})


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice the portal has accepted."""

    confirmation: str
    supplier: str
    supplier_name: str
    number: str
    date: str
    amount: str
    """With two decimals and a point: `1234.50`."""
    currency: str
    note: str
    entered_by: str
    entered_at: str


def problems(entry: Entry, suppliers: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with an entry, by field; empty when nothing is."""
    found = {
        "supplier": _supplier_problem(entry.supplier, suppliers),
        "number": _number_problem(entry.number),
        "date": _date_problem(entry.date),
        "amount": _amount_problem(entry.amount),
        "currency": "" if entry.currency in CURRENCIES else "Choose a currency.",
        "note": "" if len(entry.note) <= LONGEST_NOTE else f"Keep the note under {LONGEST_NOTE} characters.",
    }
    return {field: problem for field, problem in found.items() if problem}


def cents(amount: str) -> int:
    """Money as a whole number, so that sums are exact."""
    return int(Decimal(amount) * 100)


def _supplier_problem(supplier: str, suppliers: Mapping[str, str]) -> str:
    if not supplier:
        return "Enter a supplier."
    if supplier not in suppliers:
        return f"Supplier {supplier} is not known."
    return ""


def _number_problem(number: str) -> str:
    if not number:
        return "Enter the invoice number."
    if not NUMBER_SHAPE.fullmatch(number):
        return "The invoice number may have up to 40 letters, digits, dots, slashes and hyphens."
    return ""


def _date_problem(text: str) -> str:
    try:
        right = text == date.fromisoformat(text).isoformat()
    except ValueError:
        right = False
    return "" if right else "Enter the invoice date as year-month-day."


def _amount_problem(text: str) -> str:
    if not AMOUNT_SHAPE.fullmatch(text):
        return "Enter the amount as a number with at most two decimals, such as 1234.50."
    amount = Decimal(text)
    if amount <= 0:
        return "The amount must be greater than zero."
    if amount > LARGEST_AMOUNT:
        return f"Amounts over {LARGEST_AMOUNT:,} are entered by the accounting office."
    return ""
