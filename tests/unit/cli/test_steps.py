"""Progress as people see it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cli.steps import as_told, duration, elapsed, tree
from workflows.call import ErrorValue
from workflows.progress import RunProgress, StepProgress

STEPS = (
    StepProgress(
        number=0, id="rows", kind="excel.read", depth=0, status="done", starts=1, seconds=0.24, subject="a.xlsx"
    ),
    StepProgress(
        number=1, id="pay_all", kind="for_each", depth=0, status="running", starts=1, started=90, rounds=3, total=12
    ),
    StepProgress(
        number=2, id="pay", kind="browser.click", depth=1, status="running", starts=4, started=98, seconds=6.0
    ),
    StepProgress(
        number=3,
        id="note",
        kind="set",
        depth=1,
        status="caught",
        starts=1,
        error=ErrorValue(type="BusinessError", kind="business", message="no such\n supplier"),
    ),
    StepProgress(number=4, id="report", kind="excel.write", depth=0),
)


def progress(*steps: StepProgress, status: str = "running", reason: str | None = None) -> RunProgress:
    return RunProgress.model_validate(
        {"document": "d", "status": status, "step": None, "reason": reason, "started": 80.0, "steps": steps}
    )


def drawn(run: RunProgress, *, height: int | None = None) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=100, force_terminal=False)
    console.print(tree(run, now=100.0, height=height, live=False))
    text = file.getvalue()
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_each_step_has_its_mark_kind_subject_and_time() -> None:
    lines = drawn(progress(*STEPS))

    assert "✓ rows excel.read a.xlsx 0.2s" == lines[0]
    assert "▸ pay browser.click 4x 8.0s" == lines[2]
    assert "· report excel.write" == lines[4]


def test_a_loop_has_a_bar_and_counts() -> None:
    line = drawn(progress(*STEPS))[1]

    assert line.startswith("▸ pay_all for_each ━")
    assert line.endswith("3/12 10s")


def test_a_caught_error_is_told_in_one_line() -> None:
    assert "! note set no such supplier 0.0s" == drawn(progress(*STEPS))[3]


def test_an_error_is_told_where_it_came_from_and_not_again_around_it() -> None:
    def failed(number: int, depth: int, message: str, status: str = "failed") -> StepProgress:
        error = {"type": "E", "kind": "robot", "message": message}
        return StepProgress.model_validate(
            {"number": number, "id": f"s{number}", "kind": "x", "depth": depth, "status": status, "error": error}
        )

    steps = [failed(0, 0, "a"), failed(1, 1, "a"), failed(2, 2, "a", "caught"), failed(3, 0, "b"), failed(4, 1, "a")]

    told = as_told(steps)

    assert [None, None, "a", "b", "a"] == [step.error.message if step.error else None for step in told]
    assert ["caught", "caught", "caught", "failed", "failed"] == [step.status for step in told]


def test_a_waiting_run_says_what_for() -> None:
    lines = drawn(progress(*STEPS, reason="a robot with 'sap'"))

    assert "waits: a robot with 'sap'" == lines[-1]


@pytest.mark.parametrize("current", [0, 50, 99])
def test_a_tall_document_shows_the_part_where_the_run_is(current: int) -> None:
    steps = [StepProgress(number=number, id=f"s{number}", kind="set", depth=0) for number in range(100)]
    steps[current] = steps[current].model_copy(update={"status": "running", "started": 99.0})

    lines = drawn(progress(*steps), height=10)

    assert len(lines) <= 10
    assert any(f"s{current} " in f"{line} " for line in lines)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.04, "0.0s"), (9.94, "9.9s"), (59.4, "59s"), (61, "1m01s"), (3599, "59m59s"), (7260, "2h01m")],
)
def test_durations_have_at_most_two_units(seconds: float, expected: str) -> None:
    assert expected == duration(seconds)


def test_a_running_step_has_used_the_time_since_its_start_too() -> None:
    assert 8.0 == elapsed(STEPS[2], 100.0)
