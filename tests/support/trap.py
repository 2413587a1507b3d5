"""A program that does not do what it is told, or does it to something else, and says nothing of that."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import gi  # type: ignore[import-not-found,unused-ignore]

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # type: ignore[import-not-found,unused-ignore]  # noqa: E402 - chosen before

BOX = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
WINDOW = Gtk.Window(title="Trap", default_width=400)
SAID = Gtk.Entry(editable=False)
"""What was pressed last."""


def field(name: str, rewritten: tuple[str, str] | None = None, **facts: Any) -> None:
    """Show a field that takes something out of what it is given."""
    entry = Gtk.Entry(**facts)
    entry.get_accessible().set_name(name)
    if rewritten is not None:
        entry.connect("changed", lambda _: GLib.idle_add(rewrite, entry, *rewritten))
    BOX.add(entry)


def rewrite(entry: Any, old: str, new: str) -> None:
    """Replace something in a field."""
    if old in entry.get_text():
        entry.set_text(entry.get_text().replace(old, new))


def button(name: str, act: Any = None) -> Any:
    """A button that says that it was pressed, and does something."""
    made = Gtk.Button(label=name)
    made.connect("clicked", lambda _: (SAID.set_text(name), act and act()))
    return made


def ask() -> None:
    """Show a dialog that keeps all else from being used."""
    dialog = Gtk.Dialog(title="Question", transient_for=WINDOW, modal=True, default_width=300, default_height=300)
    dialog.add_button("Answer", 1)
    dialog.connect("response", lambda *_: dialog.destroy())
    dialog.show_all()


def menu_bar() -> Any:
    """A menu of one item."""
    bar, file, below = Gtk.MenuBar(), Gtk.MenuItem(label="File"), Gtk.Menu()
    below.append(Gtk.MenuItem(label="Open"))
    file.set_submenu(below)
    bar.append(file)
    return bar


def scrolled() -> Any:
    """Buttons of which few are in view."""
    inside = Gtk.Box(orientation=Gtk.Orientation.VERTICAL)
    for number in range(1, 9):
        row = button(f"Row {number}")
        row.set_size_request(-1, 50)
        inside.add(row)
    around = Gtk.ScrolledWindow(min_content_height=50, overlay_scrolling=False)
    around.add(inside)
    return around


def main() -> int:
    """Show the window."""
    SAID.get_accessible().set_name("Said")
    BOX.add(SAID)
    BOX.add(menu_bar())
    field("Number", rewritten=("00", ""))
    field("Line", rewritten=("\n", " "))
    field("Fixed", text="as it is", editable=False)
    BOX.add(scrolled())
    choice = Gtk.ComboBoxText()
    for item in ("First", "Second"):
        choice.append_text(item)
    for control in (
        choice,
        Gtk.Label(label="Just a label"),
        button("Beside"),
        button("Ask", ask),
        button("Crash", lambda: os.kill(os.getpid(), signal.SIGKILL)),
    ):
        BOX.add(control)
    WINDOW.add(BOX)
    WINDOW.connect("destroy", Gtk.main_quit)
    WINDOW.show_all()
    Gtk.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
