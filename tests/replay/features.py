"""What every later build must still be able to replay: a document for each feature, and what is done to its run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from temporalio import activity
from temporalio.exceptions import ApplicationError

from tests.replay.deeds import (
    Handle,
    abort,
    answer_all,
    approve,
    cancel_at_work,
    cancel_the_call,
    fix_twice,
    give_up_waiting,
    leave_alone,
    pause_and_resume,
    replace_the_process,
    replace_the_process_at_work,
    send_events,
)
from tests.support.machine import document_of, plan_of
from workflows.call import ErrorValue, StepCall
from workflows.plan import Plan

CALLED = {
    "adds": document_of(
        [{"id": "a", "do": "test.read", "with": {"n": "${{ inputs.n + 1 }}"}}],
        name="adds",
        inputs={"n": {"type": "integer"}},
        outputs={"n": "${{ a.n }}"},
    ),
    "refuses": document_of([{"throw": {"type": "RefusedError", "message": "no"}}], name="refuses"),
    "hangs": document_of([{"do": "test.hang"}], name="hangs"),
    "waits": document_of([{"wait": "1s"}], name="waits"),
    "lingers": document_of([{"wait": "3s"}], name="lingers"),
}
"""Documents that others call."""


@dataclass(frozen=True)
class Feature:
    """A document that uses one feature, and what is done to its run."""

    steps: list[Any]
    fields: dict[str, Any] = field(default_factory=dict)
    """What else the document says."""
    disturb: Callable[[Handle], Awaitable[None]] = leave_alone
    ends: Literal["completed", "failed", "cancelled"] = "completed"
    long: int | None = None
    executions: int = 1
    """How many the run takes."""

    def plan(self) -> Plan:
        """The document, compiled."""
        return plan_of(self.steps, CALLED, **self.fields)


SET = {"set": {"total": 0, "seen": []}}
ADD = {"set": {"total": "${{ total + n }}"}}
FEATURES: Mapping[str, Feature] = {
    "steps": Feature(
        [{"id": "a", "do": "test.read", "with": {"n": 1}}, {"do": "test.write", "with": {"n": "${{ a.n + 1 }}"}}],
        {"outputs": {"a": "${{ a.n }}"}},
    ),
    "if_and_switch": Feature(
        [
            {"if": False, "then": [SET], "elif": [{"if": "${{ 1 < 2 }}", "then": [{"do": "test.read"}]}]},
            {"switch": "b", "cases": [{"when": ["a", "b"], "do": [{"do": "test.write"}]}], "default": [SET]},
        ],
    ),
    "loops": Feature(
        [
            SET,
            {"for_each": [1, 2, 3], "as": "n", "do": [{"continue": "${{ n == 2 }}"}, {"do": "test.read"}, ADD]},
            {"while": "${{ total < 6 }}", "do": [{"set": {"total": "${{ total + 1 }}"}}, {"do": "test.write"}]},
            {"id": "each", "for_each": {"x": 1}, "do": "test.read", "with": {"key": "${{ item.key }}"}},
        ],
        {"outputs": {"total": "${{ total }}", "each": "${{ each.results }}"}},
    ),
    "try_catch_finally": Feature(
        [
            {
                "try": [{"id": "bad", "do": "test.pay"}],
                "catch": [{"on": "business", "do": [{"set": {"why": "${{ error.message }}"}}]}],
                "finally": [{"do": "test.write"}],
            },
        ],
        {"outputs": {"why": "${{ why }}"}},
    ),
    "retry": Feature([{"do": "test.flaky"}], {"defaults": {"retry": {"delays": ["100ms", "100ms"], "jitter": 0.2}}}),
    "wait": Feature([{"wait": "100ms"}, {"wait": {"until": "2026-01-01T00:00:00Z"}}, {"do": "test.read"}]),
    "session": Feature([{"do": "page.read"}, {"do": "page.click"}, {"do": "page.fill"}]),
    "cancel": Feature(
        [{"try": [{"do": "test.hang"}], "finally": [{"do": "test.write"}]}], disturb=cancel_at_work, ends="cancelled"
    ),
    "failure": Feature([{"do": "test.read"}, {"throw": {"type": "OddError", "message": "odd"}}], ends="failed"),
    "breathing": Feature(
        [{"set": {"n": 0}}, {"for_each": "${{ range(9000) }}", "do": [{"set": {"n": "${{ n + item }}"}}]}],
        {"outputs": {"n": "${{ n }}"}},
    ),
    "clock_and_chance": Feature(
        [{"set": {"at": "${{ now() }}", "id": "${{ uuid() }}"}}, {"do": "test.read"}],
        {"outputs": {"id": "${{ id }}"}},
    ),
    "parallel": Feature(
        [
            {
                "id": "both",
                "parallel": {
                    "left": [{"id": "a", "do": "test.read", "with": {"n": 1}}, {"wait": "50ms"}],
                    "right": [{"id": "b", "do": "page.read", "with": {"n": 2}}, {"do": "page.fill"}],
                },
            },
            {
                "try": [{"parallel": {"bad": [{"do": "test.pay"}], "good": [{"do": "test.hang"}]}}],
                "catch": [{"on": "business", "do": [{"do": "test.write"}]}],
            },
        ],
        {"outputs": {"n": "${{ both.left.a.n + both.right.b.n }}"}},
    ),
    "parallel_rounds": Feature(
        [
            {
                "id": "each", "for_each": [1, 2, 3, 4, 5], "as": "n", "parallel": 2, "on_error": "wait",
                "do": [{"id": "a", "do": "test.read", "with": {"n": "${{ n }}"}}, {"if": "${{ n < 3 }}", "then": [SET]}]
            },
        ],
        {"outputs": {"each": "${{ each.results }}"}},
    ),
    "session_step": Feature(
        [{"do": "page.read"}, {"session": {}, "do": [{"do": "page.fill"}, {"do": "page.click"}]}, {"do": "page.read"}],
    ),
    "call": Feature(
        [
            {"id": "good", "call": "adds", "with": {"n": 4}},
            {
                "try": [{"call": "refuses"}],
                "catch": [{"on": "RefusedError", "do": [{"set": {"why": "${{ error.type }}"}}]}],
            },
        ],
        {"outputs": {"n": "${{ good.n }}", "why": "${{ why }}"}},
    ),
    "call_inline": Feature(
        [{"do": "page.read"}, {"id": "good", "call": "adds", "inline": True, "with": {"n": 4}}, {"do": "page.fill"}],
        {"outputs": {"n": "${{ good.n }}"}},
    ),
    "call_detached": Feature([{"call": "adds", "detach": True, "with": {"n": 4}}, {"do": "test.read"}]),
    "call_cancelled": Feature([{"call": "hangs"}], disturb=cancel_the_call, ends="cancelled"),
    "approve": Feature(
        [{"id": "ok", "approve": "Pay?", "form": {"limit": {"type": "integer"}}, "expires": "1h"}, {"do": "test.pay"}],
        {"outputs": {"limit": "${{ ok.form.limit }}"}},
        disturb=approve,
        ends="failed",
    ),
    "expiry": Feature(
        [
            {"id": "ok", "approve": "Pay?", "expires": "100ms", "on_expiry": [{"do": "test.write"}]},
            {"receive": "paid", "expires": "100ms", "on_expiry": [SET]},
        ],
        {"outputs": {"expired": "${{ ok.expired }}"}},
    ),
    "receive": Feature(
        [{"id": "go", "receive": "go"}, {"id": "paid", "receive": "paid", "key": "A-2", "expires": "1h"}],
        {"outputs": {"amount": "${{ paid.data }}"}},
        disturb=send_events,
    ),
    "park_and_fix": Feature(
        [{"id": "a", "do": "test.read"}, {"id": "b", "do": "page.broken", "retry": {"delays": []}}],
        {"on_failure": "park", "outputs": {"n": "${{ b.n }}"}},
        disturb=fix_twice,
    ),
    "park_and_abort": Feature(
        [
            {"do": "test.write", "undo": [{"do": "test.read"}]},
            {"parallel": {"bad": [{"do": "page.broken", "retry": {"delays": []}}], "good": [{"do": "test.read"}]}},
        ],
        {"on_failure": "park", "park": {"hold": "100ms"}},
        disturb=abort,
        ends="failed",
    ),
    "pause": Feature([{"do": "test.read"}, {"wait": "300ms"}, {"do": "test.write"}], disturb=pause_and_resume),
    "undo": Feature(
        [
            {"id": "a", "do": "test.write", "undo": [{"do": "test.write", "with": {"undone": "a"}}]},
            {"for_each": [1, 2], "do": "test.write", "undo": [{"do": "test.write", "with": {"undone": "b"}}]},
            {"do": "test.pay"},
        ],
        ends="failed",
    ),
    "block_timeout": Feature(
        [
            {"try": [{"id": "slow", "if": True, "timeout": "300ms", "then": [{"do": "test.hang"}]}],
             "catch": [{"on": "BlockTimeoutError", "do": [{"set": {"why": "${{ error.message }}"}}]}]},
        ],
        {"outputs": {"why": "${{ why }}"}},
    ),
    "run_timeout": Feature([{"do": "test.hang"}], {"timeout": "300ms"}, ends="failed"),
    "sla": Feature([{"wait": "300ms"}], {"sla": "100ms"}),
    "verify": Feature(
        [
            {"id": "done", "do": "test.lost", "verify": {"do": "test.read", "with": {"n": 7}}},
            {"do": "test.lost", "verify": {"do": "test.absent", "absence": "proves", "settle": "50ms"},
             "retry": {"delays": []}},
        ],
        {"outputs": {"n": "${{ done.n }}"}},
        ends="failed",
    ),
    "continued": Feature(
        [
            {"do": "page.read"},
            {
                "id": "both",
                "parallel": {
                    "left": [{"wait": "600ms"}, {"id": "a", "do": "page.read", "with": {"n": 1}}],
                    "right": [
                        {"for_each": [1, 2, 3, 4, 5, 6], "as": "n", "do": "test.write"},
                        {"id": "b", "do": "test.read", "with": {"n": 2}},
                    ],
                },
            },
            {"do": "page.fill"},
        ],
        {"outputs": {"n": "${{ both.left.a.n + both.right.b.n }}"}},
        long=60,
        executions=2,
    ),
    "continued_parked": Feature(
        [
            {
                "parallel": {
                    "bad": [{"id": "b", "do": "page.broken", "retry": {"delays": []}}],
                    "asks": [{"id": "ok", "approve": "Pay?"}],
                    "calls": [{"call": "waits"}],
                    "good": [{"for_each": [1, 2, 3, 4], "do": "test.write"}, {"do": "test.read"}],
                },
            },
        ],
        {"on_failure": "park"},
        disturb=answer_all,
        long=45,
        executions=2,
    ),
    "cancel_with_cleanup": Feature(
        [
            {"id": "a", "do": "page.fill", "undo": [{"do": "page.fill", "with": {"undone": "a"}}]},
            {"try": [{"parallel": {"x": [{"do": "test.hang"}], "y": [{"wait": "1h"}]}}], "finally": [SET]},
        ],
        disturb=cancel_at_work,
        ends="cancelled",
    ),
    "sessions_of_a_pool": Feature(
        [
            {"do": "page.read"},
            {"session": {"needs": ["browser"], "limits": {"seat": 1}}, "do": [{"do": "page.fill"}]},
            {"for_each": [1, 2, 3], "parallel": 3, "do": [{"do": "page.read"}]},
        ],
        {"limits": {"licence": 2}, "priority": 15, "affinity": "session"},
    ),
    "sessions_given_back": Feature(
        [{"do": "page.read"}, {"receive": "tick", "expires": "2s", "on_expiry": [SET]}, {"do": "page.read"}],
        {"park": {"hold": "200ms"}},
    ),
    "called_off_in_line": Feature(
        [
            {
                "try": [
                    {
                        "parallel": {
                            "waits": [{"session": {"needs": ["nowhere"]}, "do": [{"do": "page.read"}]}],
                            "fails": [{"receive": "go"}, {"throw": {"type": "OddError", "message": "odd"}}],
                        }
                    }
                ],
                "catch": [{"do": [{"do": "page.read"}]}],
            }
        ],
        disturb=give_up_waiting,
    ),
    "process_replaced_at_work": Feature(
        [{"id": "a", "do": "page.open", "with": {"n": 1}}, {"do": "page.read"}],
        {"outputs": {"n": "${{ a.n }}"}},
        disturb=replace_the_process_at_work,
    ),
    "call_over_histories": Feature(
        [
            {
                "parallel": {
                    "calls": [{"call": "lingers"}],
                    "works": [{"for_each": [1, 2, 3, 4, 5], "do": "test.write"}],
                }
            },
        ],
        long=25,
        executions=2,
    ),
    "processes_replaced": Feature(
        [{"do": "page.read"}, *[{"receive": "go"}, {"do": "page.read"}] * 2], disturb=replace_the_process
    ),
}  # fmt: skip


async def echo(params: dict[str, Any], _call: StepCall) -> Any:
    return params


async def refuse(_params: dict[str, Any], _call: StepCall) -> Any:
    error = ErrorValue(type="RefusedError", kind="business", message="not payable")
    raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)


async def fail_once(_params: dict[str, Any], call: StepCall) -> Any:
    if call.attempt == 1:
        error = ErrorValue(type="FlakyError", kind="robot", message="not yet")
        raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)
    return {"attempt": call.attempt}


async def hang(_params: dict[str, Any], _call: StepCall) -> Any:
    while True:
        activity.heartbeat()
        await asyncio.sleep(0.1)


async def hang_first(params: dict[str, Any], call: StepCall) -> Any:
    return await (hang if call.attempt == 1 else echo)(params, call)


async def lose(_params: dict[str, Any], _call: StepCall) -> Any:
    error = ErrorValue(type="LostError", kind="robot", message="no answer", acted=None)
    raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)


async def miss(_params: dict[str, Any], _call: StepCall) -> Any:
    error = ErrorValue(type="ExpectationFailedError", kind="business", message="it is not there")
    raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)


NODES = {
    "test.read": echo,
    "test.write": echo,
    "test.pay": refuse,
    "test.flaky": fail_once,
    "test.hang": hang,
    "test.lost": lose,
    "test.absent": miss,
    "page.broken": lose,
    "page.open": hang_first,
    "page.read": echo,
    "page.click": echo,
    "page.fill": echo,
}
