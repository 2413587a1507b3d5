"""Why a run ended, as Temporal tells it."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError, TerminatedError, TimeoutError, TimeoutType  # noqa: A004

from workers.records import error_of
from workers.runs import new_run_id
from workflows.call import ErrorValue
from workflows.errors import InvalidInputError

OURS = ErrorValue(type="TooExpensive", kind="business", message="the price is 12", step="look")


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (ApplicationError("step 'look': the price is 12", OURS.model_dump(mode="json"), type="TooExpensive"), OURS),
        (
            ApplicationError("no plan", type="ConfigurationError"),
            ErrorValue(type="ConfigurationError", kind="configuration", message="no plan"),
        ),
        (
            ApplicationError("odd", {"not": "ours"}, type="Odd"),
            ErrorValue(type="Odd", kind="configuration", message="odd"),
        ),
        (CancelledError(), ErrorValue(type="Cancelled", kind="cancelled", message="the run was cancelled")),
        (
            TerminatedError("enough"),
            ErrorValue(type="Terminated", kind="cancelled", message="the run was terminated: enough"),
        ),
        (
            TimeoutError("late", type=TimeoutType.START_TO_CLOSE, last_heartbeat_details=[]),
            ErrorValue(type="TimedOut", kind="robot", message="the run took longer than it may"),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_ending_is_an_error_people_understand(cause: BaseException, expected: ErrorValue) -> None:
    assert expected == error_of(WorkflowFailureError(cause=cause))


def test_a_run_is_named_by_its_key() -> None:
    assert "pay/2027-01" == new_run_id("pay", "2027-01")


def test_runs_without_a_key_never_share_a_name() -> None:
    names = {new_run_id("pay", None) for _ in range(100)}

    assert 100 == len(names)
    assert all(name.startswith("pay/") for name in names)


@pytest.mark.parametrize("key", ["", "  ", "a\nb", "x" * 201])
def test_a_key_that_cannot_be_part_of_a_name_is_refused(key: str) -> None:
    with pytest.raises(InvalidInputError):
        new_run_id("pay", key)
