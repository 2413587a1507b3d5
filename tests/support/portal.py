"""The supplier portal of the examples as a process of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "supplier_portal"
USER = "clerk"
PASSWORD = "open-sesame-4410"


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal."""

    url: str
    """Ends with a slash."""
    database: Path
    pid: int

    def query(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """Ask the portal's database, past the portal."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            return connection.execute(sql, values).fetchall()

    def clear(self) -> None:
        """Make it forget all that was entered, and who has signed in."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            connection.executescript("DELETE FROM invoices; DELETE FROM submissions; DELETE FROM sessions")

    def submissions(self) -> list[tuple[object, ...]]:
        """Every attempt to submit an invoice: supplier, number, outcome."""
        return self.query("SELECT supplier, number, outcome FROM submissions ORDER BY id")

    def invoices(self) -> list[tuple[object, ...]]:
        """What the portal holds: supplier, number, cents, currency, confirmation."""
        return self.query("SELECT supplier, number, cents, currency, confirmation FROM invoices ORDER BY id")


@contextmanager
def running_portal(
    database: Path, *look: str, slow: float = 0.0, seed: int = 1, rename: str | None = None, port: int = 0
) -> Iterator[Portal]:
    """Start the portal, on a free port if none is given; it ends with the block. `look` are more of its options."""
    options = ["--port", str(port), "--database", str(database), "--user", USER, "--slow", str(slow)]
    options += ["--seed", str(seed), *look]
    if rename is not None:
        options += ["--rename", rename]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, str(EXAMPLE / "server.py"), *options],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PORTAL_PASSWORD": PASSWORD},
    )
    with process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith("http://"), f"the portal did not start; exit code {process.poll()}"
            yield Portal(url, database, process.pid)
        finally:
            process.kill()
