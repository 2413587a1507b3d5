"""Text of pages, servers and files on its way to a terminal: it is shown, and never obeyed."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from typing_extensions import override

_KEPT = "\n\t"
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in _KEPT} | {0x7F: "\u2421"}
"""What stands for control characters, among them the escape that begins a terminal's commands."""
_HIDDEN = [*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""More commands, and characters that turn the direction of reading so that a text seems to say something else."""
_SHOWN = _PICTURES | dict.fromkeys(_HIDDEN, "\ufffd")
_ESCAPED = {code: f"\\u{code:04x}" for code in (0x7F, *_HIDDEN, 0x2028, 0x2029)}
"""What JSON lets pass as it is."""


def tame(text: str) -> str:
    """Make what a terminal would obey visible instead."""
    return text.translate(_SHOWN)


def tame_json(text: str) -> str:
    """Escape what a terminal would obey; the JSON means the same."""
    return text.translate(_ESCAPED)


class Tamed(RenderHook):
    """Tames everything that a console is asked to show."""

    @override
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [TamedContent(each) for each in renderables]


class TamedContent:
    """Some content without anything in its text that a terminal would obey."""

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the content; Rich's own commands are not part of its text."""
        yield from _tamed(console.render(self._content, options))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Take as much room as the content."""
        return Measurement.get(console, options, self._content)


def _tamed(segments: Iterable[Segment]) -> Iterable[Segment]:
    for segment in segments:
        yield segment if segment.control else Segment(tame(segment.text), segment.style)
