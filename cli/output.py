"""Results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cli.caller import Caller, Color, Format
from cli.tame import Tamed, tame_json

_UNLIMITED = 100_000


class Output:
    """Where a command's words go."""

    def __init__(self, caller: Caller) -> None:
        self.format = caller.format
        self._color = caller.color

    @cached_property
    def results(self) -> Console:
        """For what was asked for."""
        return self._console(stderr=False)

    @cached_property
    def notes(self) -> Console:
        """For what people want to know meanwhile."""
        return self._console(stderr=True)

    @property
    def text(self) -> bool:
        """Whether results are for people."""
        return self.format is Format.TEXT

    def write(self, value: object) -> None:
        """Give one result as JSON."""
        if self.format is Format.NONE:
            return
        indent = 2 if self.format is Format.JSON else None
        self._write(tame_json(json.dumps(value, indent=indent, ensure_ascii=False)))

    def write_all(self, values: Iterable[object]) -> None:
        """Give several results as JSON: one list, or one per line."""
        if self.format is Format.JSONL:
            for value in values:
                self.write(value)
        else:
            self.write(list(values))

    def raw(self, text: str) -> None:
        """Give text exactly as it is."""
        if self.format is not Format.NONE:
            self._write(text.removesuffix("\n"))

    def show(self, content: RenderableType, *, width: int | None = None) -> None:
        """Give a result to people."""
        _print(self.results, content, width)

    def note(self, content: RenderableType) -> None:
        """Tell people something that is no result."""
        _print(self.notes, content)

    def _console(self, *, stderr: bool) -> Console:
        forced = {Color.ALWAYS: True, Color.NEVER: None, Color.AUTO: None}[self._color]
        console = Console(
            stderr=stderr,
            force_terminal=forced,
            no_color=True if self._color is Color.NEVER else None,
            emoji=False,
            markup=False,
        )
        if not console.is_terminal:
            console.width = _UNLIMITED
        console.push_render_hook(Tamed())
        return console

    def _write(self, text: str) -> None:
        sys.stdout.write(text + "\n")


def _print(console: Console, content: RenderableType, width: int | None = None) -> None:
    """Print to a terminal as wide as it is; what is no terminal gets lines as long as they need to be."""
    soft = isinstance(content, str | Text)
    if console.is_terminal:
        console.print(content, soft_wrap=soft, highlight=False)
        return
    with console.capture() as captured:
        console.print(content, soft_wrap=soft, highlight=False, width=width)
    for line in captured.get().splitlines():
        console.file.write(line.rstrip() + "\n")
    console.file.flush()


def table(headers: Sequence[str], rows: Iterable[Sequence[RenderableType]], *, right: Sequence[int] = ()) -> Table:
    """Align rows under headers, without lines around them."""
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim", border_style="dim")
    for number, header in enumerate(headers):
        grid.add_column(header, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def facts(pairs: Mapping[str, RenderableType]) -> Table:
    """Names and values, aligned."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs.items():
        grid.add_row(name, value)
    return grid
