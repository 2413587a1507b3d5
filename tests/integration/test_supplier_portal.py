"""The supplier portal answers as a real one would, and remembers every attempt."""

from __future__ import annotations

import csv
import io
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import openpyxl
import pytest

from tests.support.portal import EXAMPLE, PASSWORD, USER, Portal, running_portal

GOOD = {
    "supplier": "S-1002",
    "number": "RE-1",
    "date": "2026-09-30",
    "amount": "1234.50",
    "currency": "EUR",
    "note": "Window cleaning",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with running_portal(tmp_path_factory.mktemp("portal") / "portal.sqlite") as portal:
        yield portal


@pytest.fixture
def portal(served: Portal) -> Portal:
    served.clear()
    return served


@pytest.fixture(scope="module")
def visitor(served: Portal) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, follow_redirects=True) as client:
        yield client


@pytest.fixture
def stranger(portal: Portal, visitor: httpx.Client) -> httpx.Client:  # noqa: ARG001 - for its emptiness
    visitor.cookies.clear()
    return visitor


@pytest.fixture
def clerk(stranger: httpx.Client) -> httpx.Client:
    stranger.post("/login", data={"user": USER, "password": PASSWORD})
    return stranger


def confirmation_of(answer: httpx.Response) -> str:
    return answer.url.path.rpartition("/")[2]


def test_it_says_that_it_is_well(stranger: httpx.Client) -> None:
    assert {"status": "ok"} == stranger.get("/healthz").json()


@pytest.mark.parametrize("page", ["/", "/invoices", "/invoices/new", "/invoices/export.csv", "/invoices/CN-2026-00001"])
def test_nobody_sees_a_page_without_signing_in(stranger: httpx.Client, page: str) -> None:
    answer = stranger.get(page)

    assert "/login" == answer.url.path
    assert "Sign in" in answer.text


def test_a_wrong_password_is_refused_with_a_message(stranger: httpx.Client) -> None:
    answer = stranger.post("/login", data={"user": USER, "password": "guess"})

    assert 401 == answer.status_code
    assert 'role="alert">The user name or the password is wrong.' in answer.text
    assert "/login" == stranger.get("/invoices").url.path


def test_signing_in_leads_to_the_page_that_was_asked_for(stranger: httpx.Client) -> None:
    sign_in = {"user": USER, "password": PASSWORD, "next": "/invoices/new"}

    answer = stranger.post("/login", data=sign_in)

    assert "/invoices/new" == answer.url.path


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_signing_in_never_leads_to_another_site(portal: Portal, elsewhere: str) -> None:
    sign_in = {"user": USER, "password": PASSWORD, "next": elsewhere}

    answer = httpx.post(f"{portal.url}login", data=sign_in)

    assert "/" == answer.headers["location"]


def test_signing_out_ends_the_session_for_good(clerk: httpx.Client) -> None:
    cookie = clerk.cookies["portal_session"]

    clerk.post("/logout")
    clerk.cookies["portal_session"] = cookie

    assert "/login" == clerk.get("/invoices").url.path


def test_an_accepted_invoice_leads_to_a_page_with_its_confirmation_number(portal: Portal, clerk: httpx.Client) -> None:
    answer = clerk.post("/invoices/new", data=GOOD)

    assert 303 == answer.history[0].status_code
    assert confirmation_of(answer) in answer.text
    assert [("S-1002", "RE-1", 123450, "EUR", confirmation_of(answer))] == portal.invoices()
    assert [("S-1002", "RE-1", "accepted")] == portal.submissions()


@dataclass(frozen=True)
class Case:
    id: str
    change: dict[str, str]
    field: str
    says: str


REFUSALS = [
    Case("unknown supplier", {"supplier": "S-9"}, "supplier", "Supplier S-9 is not known."),
    Case("no supplier", {"supplier": " "}, "supplier", "Enter a supplier."),
    Case("no number", {"number": ""}, "number", "Enter the invoice number."),
    Case("number with blanks", {"number": "RE 1"}, "number", "The invoice number may have"),
    Case("date in words", {"date": "yesterday"}, "date", "Enter the invoice date"),
    Case("date without hyphens", {"date": "20260930"}, "date", "Enter the invoice date"),
    Case("amount of zero", {"amount": "0"}, "amount", "The amount must be greater than zero."),
    Case("amount below zero", {"amount": "-3003.01"}, "amount", "The amount must be greater than zero."),
    Case("amount in words", {"amount": "much"}, "amount", "Enter the amount as a number"),
    Case("amount with a comma", {"amount": "1.234,50"}, "amount", "Enter the amount as a number"),
    Case("amount in mills", {"amount": "1.234"}, "amount", "Enter the amount as a number"),
    Case("amount beyond all bounds", {"amount": "10000000.01"}, "amount", "Amounts over 10,000,000"),
    Case("strange currency", {"currency": "ZWL"}, "currency", "Choose a currency."),
    Case("long note", {"note": "x" * 201}, "note", "Keep the note under 200 characters."),
]


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.id)
def test_a_wrong_entry_is_refused_beside_its_field_and_recorded(
    portal: Portal, clerk: httpx.Client, case: Case
) -> None:
    answer = clerk.post("/invoices/new", data=GOOD | case.change)

    assert 422 == answer.status_code
    assert f'role="alert" id="{case.field}-problem">{case.says}' in answer.text
    assert 1 == answer.text.count('role="alert"')
    assert [] == portal.invoices()
    assert ["refused"] == [outcome for *_, outcome in portal.submissions()]


def test_the_form_keeps_what_was_typed_as_text_whatever_it_is(clerk: httpx.Client) -> None:
    answer = clerk.post("/invoices/new", data=GOOD | {"supplier": '"><script>alert(1)</script>'})

    assert "<script>" not in answer.text
    assert 'value="RE-1"' in answer.text


def test_every_wrong_field_has_its_own_message(clerk: httpx.Client) -> None:
    answer = clerk.post("/invoices/new", data={})

    assert 5 == answer.text.count('role="alert"')


def test_a_number_is_taken_once_per_supplier(portal: Portal, clerk: httpx.Client) -> None:
    clerk.post("/invoices/new", data=GOOD)

    again = clerk.post("/invoices/new", data=GOOD | {"amount": "1"})
    elsewhere = clerk.post("/invoices/new", data=GOOD | {"supplier": "S-1003"})

    assert "Invoice RE-1 of supplier S-1002 was already entered." in again.text
    assert 200 == elsewhere.status_code
    assert ["accepted", "refused", "accepted"] == [outcome for *_, outcome in portal.submissions()]
    assert ["S-1002", "S-1003"] == [supplier for supplier, *_ in portal.invoices()]


def test_of_many_equal_submits_at_once_one_is_accepted_and_all_are_counted(portal: Portal, clerk: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: clerk.post("/invoices/new", data=GOOD).status_code, range(16)))

    assert Counter({422: 15, 200: 1}) == Counter(answers)
    assert Counter(accepted=1, refused=15) == Counter(outcome for *_, outcome in portal.submissions())


def test_a_sender_that_goes_away_in_the_middle_of_a_submit_leaves_no_trace(portal: Portal, clerk: httpx.Client) -> None:
    address = (clerk.base_url.host, clerk.base_url.port)
    head = (
        f"POST /invoices/new HTTP/1.1\r\nHost: portal\r\nCookie: portal_session={clerk.cookies['portal_session']}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nsupplier=S-1002"
    )

    with socket.create_connection(address) as connection:
        connection.sendall(head.encode())
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)

    assert [] == portal.submissions()
    assert "ok" == clerk.get("/healthz").json()["status"]


def test_the_system_of_record_knows_what_was_entered(clerk: httpx.Client, stranger: httpx.Client) -> None:
    entered = clerk.post("/invoices/new", data=GOOD | {"number": "2026/09-1"})

    known = stranger.get("/api/invoices/S-1002/2026/09-1")
    unknown = stranger.get("/api/invoices/S-1002/RE-2")

    assert confirmation_of(entered) == known.json()["confirmation"]
    assert ("1234.50", "EUR", "Brightwater Facilities") == (
        known.json()["amount"],
        known.json()["currency"],
        known.json()["supplier_name"],
    )
    assert 404 == unknown.status_code


def test_the_list_shows_the_newest_ten_and_turns_its_pages(clerk: httpx.Client) -> None:
    for number in range(1, 13):
        clerk.post("/invoices/new", data=GOOD | {"number": f"RE-{number:02}"})

    first = clerk.get("/invoices")
    last = clerk.get("/invoices", params={"page": "2"})

    assert "12 invoices" in first.text
    assert "RE-12" in first.text
    assert "RE-02<" not in first.text
    assert 'rel="next" href="?search=&amp;page=2"' in first.text
    assert "RE-02" in last.text
    assert "Page 2 of 2" in last.text


@pytest.mark.parametrize("page", ["0", "-1", "99", "two", "9" * 40])
def test_a_page_that_does_not_exist_shows_one_that_does(clerk: httpx.Client, page: str) -> None:
    clerk.post("/invoices/new", data=GOOD)

    assert "Page 1 of 1" in clerk.get("/invoices", params={"page": page}).text


@pytest.mark.parametrize(
    ("text", "found"), [("castellan", 1), ("RE-1", 2), ("S-1002", 1), ("%", 0), ("_", 0), ("\\", 0)]
)
def test_a_search_finds_text_in_supplier_number_or_confirmation(clerk: httpx.Client, text: str, found: int) -> None:
    clerk.post("/invoices/new", data=GOOD)
    clerk.post("/invoices/new", data=GOOD | {"supplier": "S-1003"})

    answer = clerk.get("/invoices", params={"search": text})

    assert found == answer.text.count("<td><a href=")


def test_the_export_holds_all_invoices(clerk: httpx.Client) -> None:
    clerk.post("/invoices/new", data=GOOD | {"note": 'said "later", twice'})
    clerk.post("/invoices/new", data=GOOD | {"number": "RE-2", "amount": "0.5"})

    export = clerk.get("/invoices/export.csv")
    rows = list(csv.DictReader(io.StringIO(export.text)))

    assert 'attachment; filename="invoices.csv"' == export.headers["content-disposition"]
    assert ["1234.50", "0.50"] == [row["amount"] for row in rows]
    assert 'said "later", twice' == rows[0]["note"]


def test_an_unknown_confirmation_number_is_not_found(clerk: httpx.Client) -> None:
    assert 404 == clerk.get("/invoices/CN-2026-99999").status_code


def test_what_was_entered_survives_a_kill(tmp_path: Path) -> None:
    entered = GOOD
    for outcome in (200, 422):
        with running_portal(tmp_path / "portal.sqlite") as portal, httpx.Client(base_url=portal.url) as client:
            client.post("/login", data={"user": USER, "password": PASSWORD})
            answer = client.post("/invoices/new", data=entered, follow_redirects=True)

            assert outcome == answer.status_code


def test_a_slow_portal_takes_its_time_before_it_answers(tmp_path: Path) -> None:
    with running_portal(tmp_path / "portal.sqlite", slow=0.2) as portal:
        started = time.monotonic()
        for _ in range(5):
            httpx.post(f"{portal.url}login", data={"user": USER, "password": PASSWORD})

        assert time.monotonic() - started > 0.2


def test_without_a_password_it_makes_one_up_and_says_so(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, EXAMPLE / "server.py", "--port", "0", "--database", tmp_path / "portal.sqlite"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            url, password = process.stdout.readline().strip(), process.stderr.readline().split("'")[3]
            answer = httpx.post(f"{url}login", data={"user": "clerk", "password": password})
        finally:
            process.kill()

    assert 303 == answer.status_code


def test_the_workbook_is_the_one_its_script_writes(tmp_path: Path) -> None:
    copy = tmp_path / "example"
    copy.mkdir()
    for name in ("make_invoices.py", "ledger.py", "invoice.py"):
        (copy / name).write_text((EXAMPLE / name).read_text(encoding="utf-8"), encoding="utf-8")

    subprocess.run([sys.executable, copy / "make_invoices.py"], check=True)  # noqa: S603 - our own program

    assert rows_of(copy / "invoices.xlsx") == rows_of(EXAMPLE / "invoices.xlsx")


def test_the_workbook_holds_twenty_four_good_invoices_and_six_bad_ones(portal: Portal, clerk: httpx.Client) -> None:
    fields = ("supplier", "number", "date", "amount", "currency", "note")

    for row in rows_of(EXAMPLE / "invoices.xlsx")[1:]:
        clerk.post("/invoices/new", data=dict(zip(fields, row, strict=True)))
    reasons = [str(reason) for (reason,) in portal.query("SELECT reason FROM submissions WHERE reason <> ''")]

    assert 24 == len(portal.invoices())
    assert 30 == len(portal.submissions())
    assert 2 == sum("is not known" in reason for reason in reasons)
    assert 2 == sum("greater than zero" in reason for reason in reasons)
    assert 2 == sum("already entered" in reason for reason in reasons)


def rows_of(path: Path) -> list[tuple[str, ...]]:
    sheet = openpyxl.load_workbook(path)["Invoices"]
    rows = sheet.iter_rows(values_only=True)
    return [tuple("" if cell is None else str(cell).removesuffix(" 00:00:00") for cell in row) for row in rows]
