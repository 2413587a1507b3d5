from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cli.caller import Caller
from cli.explaining import reason_record, reasons_view
from cli.output import Output
from workers.reason import Reason
from workflows.fleet import Candidate, Lease, LeaseRequest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def shown(capsys: Any, *reasons: Reason) -> list[str]:
    """What people read."""
    Output(Caller()).show(reasons_view(reasons, now=NOW))
    lines: list[str] = capsys.readouterr().out.splitlines()
    return lines


def test_a_reason_says_where_why_since_when_and_what_to_do(capsys: Any) -> None:
    reason = Reason(
        "robot", "a robot with browser, sap", "open", "all[7].open", since=NOW - timedelta(minutes=4), ahead=2,
        candidates=(Candidate(robot="r1", why="is draining"),), lacking=(Candidate(robot="r2", why="lacks sap"),),
        remedies=("aether robot start --tag sap",),
    )  # fmt: skip

    assert [
        "all[7].open waits for a robot with browser, sap, for 4m00s",
        "  2 others come first",
        "  r1 could take it, but is draining",
        "  r2 cannot take it: lacks sap",
        "  → aether robot start --tag sap",
    ] == shown(capsys, reason)


def test_who_holds_what_is_waited_for_is_said(capsys: Any) -> None:
    request = LeaseRequest(
        id="x", run="pay/0", first_run_id="x", document="pay", place="login", limits={"sap-licence": 1}
    )
    lease = Lease(number=1, request=request, robot="r2", since=NOW.timestamp() - 60)

    assert [
        "the run waits for a share",
        "  pay/0 holds sap-licence on r2 for 1m00s, taken at login",
    ] == shown(capsys, Reason("limit", "a share", holders=(lease,)))


def test_what_a_called_run_waits_for_stands_below_it(capsys: Any) -> None:
    below = Reason("timer", "its time", "rest", "rest", due=NOW + timedelta(days=2))

    first, second = shown(capsys, Reason("child", "the run 'a/1'", "call", "call", run="a/1", because=(below,)))

    assert "call waits for the run 'a/1'" == first
    assert second.startswith("    rest waits for its time, until 2026-03-03 ")
    assert second.endswith("(in 48h00m)")


def test_programs_get_the_same() -> None:
    below = Reason("timer", "its time", "rest", "rest", due=NOW)

    record: dict[str, Any] = reason_record(Reason("child", "the run", "call", "call", run="a/1", because=(below,)))

    assert ("child", "a/1", [], None) == (record["kind"], record["run"], record["holders"], record["since"])
    assert [("timer", "2026-03-01T12:00:00+00:00")] == [(each["kind"], each["due"]) for each in record["because"]]
