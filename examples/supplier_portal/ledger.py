"""The portal's memory: one SQLite file that knows every invoice and every attempt to submit one."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from invoice import Entry, Invoice, cents, problems

SUPPLIERS = {
    "S-1001": "Alder & Finch Office Supplies",
    "S-1002": "Brightwater Facilities",
    "S-1003": "Castellan Security Services",
    "S-1004": "Dunmore Logistics",
    "S-1005": "Everhart Print Works",
    "S-1006": "Fennimore Catering",
    "S-1007": "Galloway Energy",
    "S-1008": "Hartwell IT Leasing",
}

SCHEMA = """
CREATE TABLE IF NOT EXISTS suppliers (code TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS invoices (
    id INTEGER PRIMARY KEY,
    confirmation TEXT NOT NULL UNIQUE,
    supplier TEXT NOT NULL REFERENCES suppliers (code),
    number TEXT NOT NULL,
    date TEXT NOT NULL,
    cents INTEGER NOT NULL CHECK (cents > 0),
    currency TEXT NOT NULL,
    note TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    entered_at TEXT NOT NULL,
    UNIQUE (supplier, number)
);
CREATE TABLE IF NOT EXISTS submissions (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    user TEXT NOT NULL,
    supplier TEXT NOT NULL,
    number TEXT NOT NULL,
    form TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'refused')),
    reason TEXT NOT NULL,
    confirmation TEXT
);
CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, user TEXT NOT NULL, since TEXT NOT NULL);
"""

INVOICE = """
SELECT confirmation, supplier, suppliers.name AS supplier_name, number, date,
       printf('%d.%02d', cents / 100, cents % 100) AS amount, currency, note, entered_by, entered_at
FROM invoices JOIN suppliers ON suppliers.code = supplier
"""

MATCHES = "WHERE supplier || ' ' || suppliers.name || ' ' || number || ' ' || confirmation LIKE ? ESCAPE '\\'"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An invoice was taken."""

    confirmation: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An invoice was not taken; what is wrong, by field."""

    problems: dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the invoices that match a search, newest first."""

    invoices: tuple[Invoice, ...]
    total: int
    """How many match in all."""
    number: int
    pages: int


class Ledger:
    """The database; safe to use from several threads, each call being one transaction of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(SCHEMA)
            database.executemany("INSERT OR IGNORE INTO suppliers VALUES (?, ?)", SUPPLIERS.items())

    def submit(self, entry: Entry, user: str) -> Accepted | Refused:
        """Take an invoice or refuse it; the attempt is recorded either way, in the same transaction."""
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            outcome = _take(database, entry, user)
            _record(database, entry, user, outcome)
            database.execute("COMMIT")
        return outcome

    def suppliers(self) -> dict[str, str]:
        """Names by code."""
        with self._open() as database:
            return _suppliers(database)

    def find(self, supplier: str, number: str) -> Invoice | None:
        """The invoice a supplier gave a number to."""
        return self._first(f"{INVOICE} WHERE supplier = ? AND number = ?", supplier, number)

    def confirmed(self, confirmation: str) -> Invoice | None:
        """The invoice that was given a confirmation number."""
        return self._first(f"{INVOICE} WHERE confirmation = ?", confirmation)

    def everything(self) -> tuple[Invoice, ...]:
        """All invoices in the order they were entered."""
        with self._open() as database:
            return tuple(Invoice(**row) for row in database.execute(f"{INVOICE} ORDER BY id"))

    def search(self, text: str, number: int, *, size: int = 10) -> Page:
        """One page of the invoices in which a text occurs."""
        escaped = text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        pattern = f"%{escaped}%"
        with self._open() as database:
            counting = f"SELECT COUNT(*) AS total FROM ({INVOICE} {MATCHES})"  # noqa: S608 - constants only
            total = database.execute(counting, [pattern]).fetchone()["total"]
            pages = max(1, -(-total // size))
            number = min(max(1, number), pages)
            page = f"{INVOICE} {MATCHES} ORDER BY id DESC LIMIT ? OFFSET ?"
            rows = database.execute(page, [pattern, size, (number - 1) * size]).fetchall()
        return Page(tuple(Invoice(**row) for row in rows), total, number, pages)

    def sign_in(self, user: str) -> str:
        """Begin a session; the token goes into the cookie."""
        token = secrets.token_urlsafe(32)
        with self._open() as database:
            database.execute("INSERT INTO sessions VALUES (?, ?, ?)", [token, user, _now()])
        return token

    def signed_in(self, token: str) -> str | None:
        """Whose session a token belongs to."""
        with self._open() as database:
            row = database.execute("SELECT user FROM sessions WHERE token = ?", [token]).fetchone()
        return row and str(row["user"])

    def sign_out(self, token: str) -> None:
        """End a session."""
        with self._open() as database:
            database.execute("DELETE FROM sessions WHERE token = ?", [token])

    def _first(self, query: str, *values: str) -> Invoice | None:
        with self._open() as database:
            row = database.execute(query, values).fetchone()
        return Invoice(**row) if row else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=10, isolation_level=None)) as database:
            database.row_factory = _mapping
            yield database


def _take(database: sqlite3.Connection, entry: Entry, user: str) -> Accepted | Refused:
    wrong = problems(entry, _suppliers(database))
    if wrong:
        return Refused(wrong)
    serial = database.execute("SELECT COALESCE(MAX(id), 0) + 1 AS next FROM invoices").fetchone()["next"]
    confirmation = f"CN-{_now()[:4]}-{serial:05d}"
    row = (serial, confirmation, entry.supplier, entry.number, entry.date, cents(entry.amount), entry.currency)
    try:
        database.execute(
            "INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [*row, entry.note, user, _now()],
        )
    except sqlite3.IntegrityError:
        return Refused({"number": f"Invoice {entry.number} of supplier {entry.supplier} was already entered."})
    return Accepted(confirmation)


def _record(database: sqlite3.Connection, entry: Entry, user: str, outcome: Accepted | Refused) -> None:
    reason = " ".join(outcome.problems.values()) if isinstance(outcome, Refused) else ""
    confirmation = outcome.confirmation if isinstance(outcome, Accepted) else None
    database.execute(
        "INSERT INTO submissions (at, user, supplier, number, form, outcome, reason, confirmation)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            _now(),
            user,
            entry.supplier,
            entry.number,
            json.dumps(asdict(entry)),
            "refused" if reason else "accepted",
            reason,
            confirmation,
        ],
    )


def _suppliers(database: sqlite3.Connection) -> dict[str, str]:
    return {row["code"]: row["name"] for row in database.execute("SELECT code, name FROM suppliers ORDER BY code")}


def _mapping(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> dict[str, object]:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
