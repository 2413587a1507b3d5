#!/usr/bin/python3
"""A ledger as many offices have one: a program with windows, and no way in but its form.

    ./ledger.py ledger.csv

It believes what it is told: an invoice that is entered twice is in the book twice. Needs GTK 3 for Python (on Debian
the packages `python3-gi` and `gir1.2-gtk-3.0`).
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gtk  # noqa: E402 - the version is chosen before

FIELDS = ("Supplier", "Invoice number", "Order", "Amount")
COLUMNS = ("Entry", *FIELDS)
POSTING = 0.5
"""Seconds for which the program thinks, deaf to everybody, before an entry is in the book."""


class Ledger(Gtk.ApplicationWindow):
    """The one window: a form, the book, and a line that says what happened last."""

    def __init__(self, application: Gtk.Application, book: Path) -> None:
        super().__init__(application=application, title=f"Ledger - {book.name}", border_width=12)
        self.set_default_size(640, 420)
        self._book = book
        self._rows = Gtk.ListStore(*[str] * len(COLUMNS))
        for row in entries(book):
            self._rows.append(row)
        self._fields = {name: Gtk.Entry() for name in FIELDS}
        self._post = Gtk.Button(label="Post", sensitive=False)
        self._post.connect("clicked", self._enter)
        self._status = Gtk.Label(label=f"{len(self._rows)} entries", xalign=0)
        self.add(self._laid_out())

    def _laid_out(self) -> Gtk.Widget:
        form = Gtk.Grid(row_spacing=6, column_spacing=12)
        for number, (name, field) in enumerate(self._fields.items()):
            label = Gtk.Label(label=name, xalign=0)
            label.set_mnemonic_widget(field)
            field.get_accessible().set_name(name)
            field.set_hexpand(True)
            field.connect("changed", self._check)
            form.attach(label, 0, number, 1, 1)
            form.attach(field, 1, number, 1, 1)
        table = Gtk.TreeView(model=self._rows)
        table.get_accessible().set_name("Entries")
        for number, name in enumerate(COLUMNS):
            table.append_column(Gtk.TreeViewColumn(name, Gtk.CellRendererText(), text=number))
        scrolled = Gtk.ScrolledWindow(vexpand=True)
        scrolled.add(table)
        whole = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=12)
        for part in (form, self._post, scrolled, self._status):
            whole.add(part)
        return whole

    def _check(self, _field: Gtk.Entry) -> None:
        self._post.set_sensitive(all(field.get_text().strip() for field in self._fields.values()))

    def _enter(self, _button: Gtk.Button) -> None:
        entry = [field.get_text().strip() for field in self._fields.values()]
        time.sleep(POSTING)
        row = [f"L-{len(self._rows) + 1:04}", *entry]
        with self._book.open("a", newline="", encoding="utf-8") as book:
            csv.writer(book).writerow(row)
        self._rows.append(row)
        for field in self._fields.values():
            field.set_text("")
        self._status.set_text(f"{row[2]} is entry {row[0]}")


def entries(book: Path) -> list[list[str]]:
    """What the book holds already."""
    if not book.exists():
        return []
    with book.open(newline="", encoding="utf-8") as lines:
        return list(csv.reader(lines))


def main(arguments: list[str]) -> int:
    """Show the window until somebody closes it."""
    if len(arguments) != 1:
        sys.stderr.write("usage: ledger.py BOOK.csv\n")
        return 2
    application = Gtk.Application()

    def open_window(started: Gtk.Application) -> None:
        Ledger(started, Path(arguments[0])).show_all()

    application.connect("activate", open_window)
    return int(application.run([]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
