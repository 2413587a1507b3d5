"""Whether a step costs more the longer a run has gone on, the more it holds, or the longer its loops are.

Run `python -m benchmarks.growth`. Microseconds of processor time per pure step of the machine, without a server; the
figures to quote are the ratios to the first of each row.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from tests.support.machine import World, plan_of
from workflows.saved import dump

LENGTHS = (1_000, 10_000, 100_000)
HELD = (1, 10, 100, 1_000)
SIDE_BY_SIDE = (1, 10, 100)
ROUNDS = 20_000


def per_step(steps: list[dict[str, Any]], count: int, **outputs: str) -> float:
    """Microseconds of processor time per step."""
    world = World(plan_of(steps, outputs=outputs))
    began = time.process_time()
    end = world.run()
    taken = time.process_time() - began
    assert end is not None  # noqa: S101 - a benchmark of runs that do not end says nothing
    assert end.status == "completed", end.error  # noqa: S101 - the same
    return taken * 1e6 / count


def by_length(length: int) -> float:
    """A loop of so many rounds that keeps its results."""
    body = [{"id": "double", "set": {"n": "${{ i * 2 }}"}}]
    loop = {"id": "loop", "for_each": f"${{{{ range({length}) }}}}", "as": "i", "do": body}
    return per_step([loop], length, last="${{ loop.results[-1].double.n }}")


def by_variables(held: int) -> float:
    """A loop beside so many variables."""
    keep = {"set": {f"v{number}": number for number in range(held)}}
    loop = {"for_each": f"${{{{ range({ROUNDS}) }}}}", "as": "i", "do": [{"set": {"v0": "${{ i }}"}}]}
    return per_step([keep, loop], ROUNDS)


def by_branches(count: int) -> float:
    """Rounds done side by side, so many at a time."""
    body = [{"set": {"n": "${{ i }}"}}]
    loop = {"for_each": f"${{{{ range({ROUNDS}) }}}}", "as": "i", "parallel": count, "do": body}
    return per_step([loop], ROUNDS)


def by_state(length: int) -> float:
    """Bytes of the serial form of a run that has kept so many results, per result."""
    body = [{"id": "double", "set": {"n": "${{ i * 2 }}"}}]
    loop = {"id": "loop", "for_each": f"${{{{ range({length}) }}}}", "as": "i", "do": body}
    hang = {"id": "hang", "do": "test.hang", "with": {"n": "${{ loop.results[0].double.n }}"}}
    world = World(plan_of([loop, hang]), lambda _call: None)
    world.run()
    return len(json.dumps(dump(world.state))) / length


def row(name: str, sizes: tuple[int, ...], figures: list[float]) -> str:
    """One line: each size with its figure and its ratio to the first."""
    cells = "".join(
        f"{size:>10,}: {figure:6.1f} ({figure / figures[0]:.2f}x)" for size, figure in zip(sizes, figures, strict=True)
    )
    return f"{name:<34}{cells}"


def main() -> None:
    """Measure, and print a table."""
    lines = [
        row("us per step, by rounds done", LENGTHS, [by_length(length) for length in LENGTHS]),
        row("us per step, by variables held", HELD, [by_variables(held) for held in HELD]),
        row("us per step, by rounds in parallel", SIDE_BY_SIDE, [by_branches(count) for count in SIDE_BY_SIDE]),
        row("bytes of state per result kept", LENGTHS, [by_state(length) for length in LENGTHS]),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
