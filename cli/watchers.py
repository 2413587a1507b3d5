"""Showing a run while it works: a live tree on a terminal, lines elsewhere."""

from __future__ import annotations

import asyncio
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.text import Text
from typing_extensions import override

from cli.follow import Choice, Watcher
from cli.output import Output
from cli.steps import MARKS, OPEN, RUN_STYLES, STYLES, as_told, duration, tree, wish
from cli.tame import TamedContent
from workflows.progress import RunProgress, StepProgress

_LINES_AROUND = 8
"""Lines of the screen that are not for steps."""
_LOOP_REPORT = 5.0
"""Seconds between two lines about one loop."""
_LONG = 3.0
"""Seconds of waiting after which a line says what for."""
_SETTLED = frozenset({"done", "failed", "caught", "cancelled"})


@contextmanager
def watching(output: Output, run: str, link: str | None) -> Iterator[Watcher]:
    """Have somebody to show a run to, as the place where people read allows."""
    if output.notes.is_terminal:
        tree_watcher = TreeWatcher(output.notes, run, link)
        try:
            yield tree_watcher
        finally:
            tree_watcher.live.stop()
    elif output.text:
        yield LineWatcher(output, run, link)
    else:
        yield SilentWatcher(output)


class SilentWatcher:
    """Says only what needs saying."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._warned: str | None = None

    def update(self, progress: RunProgress) -> None:
        """Nobody reads progress here."""

    def warn(self, words: str | None) -> None:
        """Say once why the run does not go on."""
        if words and words != self._warned:
            self._output.note(Text(f"waiting: {words}", style="yellow"))
        self._warned = words

    async def interrupted(self, again: asyncio.Event) -> Choice:
        """Nobody can answer: the run is left alone."""
        del again
        return Choice.DETACH


class LineWatcher(SilentWatcher):
    """Writes a line for each outer step that ends, and now and then one for a long loop."""

    def __init__(self, output: Output, run: str, link: str | None) -> None:
        super().__init__(output)
        self._ended: dict[int, tuple[int, str]] = {}
        self._loops: dict[int, float] = {}
        self._reason: tuple[str | None, float] = (None, 0.0)
        output.note(f"{_clock()} {run} started" + (f"  {link}" if link else ""))

    @override
    def update(self, progress: RunProgress) -> None:
        """Say what is new."""
        for step in as_told(progress.steps):
            self._look(step, inside=_inside_loop(progress.steps, step))
        if progress.reason != self._reason[0]:
            self._reason = (progress.reason, time.monotonic())
        elif progress.reason and time.monotonic() - self._reason[1] > _LONG:
            self._output.note(f"{_clock()}   waits: {wish(progress.reason)}")
            self._reason = (progress.reason, math.inf)

    def _look(self, step: StepProgress, *, inside: bool) -> None:
        state = (step.starts, step.status)
        if step.status in _SETTLED and self._ended.get(step.number) != state:
            self._ended[step.number] = state
            failure = step.error is not None and step.status in {"failed", "caught"}
            if failure or not inside:
                self._output.note(_line(step))
        elif step.total and step.status == "running":
            now = time.monotonic()
            if now - self._loops.setdefault(step.number, now) >= _LOOP_REPORT:
                self._loops[step.number] = now
                self._output.note(f"{_clock()}   {step.id} {step.rounds or 0}/{step.total}")


class TreeWatcher:
    """Keeps a tree of steps up to date in place."""

    def __init__(self, console: Console, run: str, link: str | None) -> None:
        self._console = console
        self._run = run
        self._started = time.time()
        self._progress: RunProgress | None = None
        self._warning: str | None = None
        if link:
            console.print(link, style="dim", soft_wrap=True, highlight=False)
        self.live = self._drawing()

    def update(self, progress: RunProgress) -> None:
        """Take the latest progress into the picture."""
        self._progress = progress
        self._started = progress.started

    def warn(self, words: str | None) -> None:
        """Show why the run does not go on."""
        self._warning = words

    async def interrupted(self, again: asyncio.Event) -> Choice:
        """Stop drawing and ask; a second Ctrl-C leaves the run alone at once."""
        self.live.stop()
        self._console.print(
            Text.assemble(
                "\n", ("d", "bold"), "etach (the run goes on), ", ("c", "bold"), "ancel the run, or keep ",
                ("f", "bold"), "ollowing? ",
            ),
            end="",
        )  # fmt: skip
        choice = await _answer(again)
        if choice is not Choice.DETACH:
            self.live = self._drawing()
        return choice

    def _drawing(self) -> Live:
        live = Live(get_renderable=self._page, console=self._console, refresh_per_second=8, redirect_stdout=False)
        live.start()
        return live

    def _page(self) -> RenderableType:
        status = self._progress.status if self._progress else "starting"
        ended = status not in OPEN | {"starting"}
        head = Text.assemble((self._run, "bold"), "  ", (status, RUN_STYLES.get(status, "dim")))
        if not ended:
            head.append(f"  {duration(max(0.0, time.time() - self._started))}", style="dim")
        parts: list[RenderableType] = [head]
        if self._progress:
            height = None if ended else max(5, self._console.height - _LINES_AROUND)
            parts += [Text(), tree(self._progress, height=height, live=not ended)]
        if self._warning:
            parts.append(Padding(Text(f"waiting: {self._warning}", style="yellow"), (1, 0, 0, 0)))
        return TamedContent(Group(*parts))


async def _answer(again: asyncio.Event) -> Choice:
    typed = _typed_line()
    second = asyncio.create_task(again.wait())
    answers: list[asyncio.Future[Any]] = [typed, second]
    await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
    second.cancel()
    if again.is_set() or not typed.done():
        return Choice.DETACH
    match typed.result().strip().lower()[:1]:
        case "c":
            return Choice.CANCEL
        case "f":
            return Choice.FOLLOW
        case _:
            return Choice.DETACH


def _typed_line() -> asyncio.Future[str]:
    """Read a line in a thread that nobody waits for: the command may end before anything is typed."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()

    def take(line: str) -> None:
        if not typed.done():
            typed.set_result(line)

    def read() -> None:
        line = sys.stdin.readline()
        with suppress(RuntimeError):  # the loop is closed: nobody wants to know any more
            loop.call_soon_threadsafe(take, line)

    threading.Thread(target=read, daemon=True).start()
    return typed


def _inside_loop(steps: tuple[StepProgress, ...], step: StepProgress) -> bool:
    depth = step.depth
    for other in reversed(steps[: step.number]):
        if other.depth < depth:
            depth = other.depth
            if other.kind in {"for_each", "while"}:
                return True
    return False


def _line(step: StepProgress) -> Text:
    indent = "  " * step.depth
    said = step.error.message if step.error and step.status in {"failed", "caught"} else step.subject or ""
    what = " ".join(said.split())  # one line: what a page says must not pass for lines of ours
    rounds = f" {step.rounds}/{step.total}" if step.total else ""
    return Text.assemble(
        f"{_clock()} {indent}",
        (MARKS[step.status], STYLES[step.status]),
        f" {step.id} {step.kind}{rounds}{' ' + what if what else ''} ({duration(step.seconds)})",
    )


def _clock() -> str:
    return time.strftime("%H:%M:%S")
