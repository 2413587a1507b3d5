"""Would a build break the runs that are under way? Asked of builds that do and of one that does not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.replay.record import HISTORIES
from tests.support.builds import Broken, Dozing
from workers.histories import InvalidHistoryError, read_history
from workers.plugin import AetherPlugin
from workers.replaying import Replayed, reason_of, replay_all
from workflows.run import Run


async def replayed(build: type, *histories: WorkflowHistory) -> list[Replayed]:
    """What comes of replaying histories with a build."""

    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            yield history

    plugins = [AetherPlugin(payloads=Path("nowhere"))]
    return [one async for one in replay_all(each(), plugins, [build], namespace="default")]


async def test_a_build_that_works_the_same_breaks_nothing() -> None:
    histories = [read_history(path) for path in HISTORIES.glob("*.json")]

    results = await replayed(Run, *histories)

    assert [(history.workflow_id, None) for history in histories] == [(each.run, each.reason) for each in results]


async def test_a_build_that_works_differently_breaks_every_run_and_says_where() -> None:
    steps, retry = read_history(HISTORIES / "steps.json"), read_history(HISTORIES / "retry.json")

    results = await replayed(Dozing, steps, retry)

    expected = "event 5 is 'ActivityTaskScheduled', where this build wants something else: timer"
    assert [expected] * 2 == [each.reason for each in results]
    assert ("test", steps.workflow_id) == (results[0].document, results[0].run)


async def test_a_build_with_a_bug_is_told_by_the_bug() -> None:
    results = await replayed(Broken, read_history(HISTORIES / "steps.json"))

    assert ["KeyError: 'no \"plan\"'"] == [each.reason for each in results]


@pytest.mark.parametrize("events", range(1, 17))
async def test_runs_are_replayed_wherever_they_have_come_to(events: int) -> None:
    history = read_history(HISTORIES / "steps.json")

    results = await replayed(Run, WorkflowHistory(history.workflow_id, history.events[:events]))

    assert [None] == [each.reason for each in results]


def test_another_reason_stays_as_it_is() -> None:
    assert "the payload is gone" == reason_of("the payload is gone")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"events": []}', '{"events": [{"eventId": "1"}]}', "hello"])
def test_a_file_that_holds_no_history_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidHistoryError):
        read_history(file)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidHistoryError, match=r"cannot read 'no\.json'"):
        read_history(Path("no.json"))
