"""Which runs are meant: filters as people give them, as a query in Temporal's list language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from workflows.duration import parse_duration
from workflows.errors import ConfigurationError
from workflows.ids import ORCHESTRATOR_QUEUE

STATUSES = {
    "running": "ExecutionStatus = 'Running'",
    "waiting": "ExecutionStatus = 'Running' AND AetherStatus = 'Waiting'",
    "parked": "ExecutionStatus = 'Running' AND AetherStatus = 'Parked'",
    "paused": "ExecutionStatus IN ('Running', 'Paused') AND AetherStatus = 'Paused'",
    "completed": "ExecutionStatus = 'Completed'",
    "failed": "ExecutionStatus IN ('Failed', 'TimedOut')",
    "cancelled": "ExecutionStatus = 'Canceled'",
    "terminated": "ExecutionStatus = 'Terminated'",
}
"""What the words of `--status` mean."""


class InvalidFilterError(ConfigurationError):
    """A filter that cannot be understood."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What the runs have in common."""

    statuses: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    query: str | None = None
    """Anything else, in Temporal's list language."""

    def expression(self, *, queue: str = ORCHESTRATOR_QUEUE) -> str:
        """Write it for Temporal."""
        parts = [f"TaskQueue = {quoted(queue)}"]
        if self.statuses:
            parts.append(" OR ".join(f"({STATUSES[status]})" for status in self.statuses))
        if self.documents:
            parts.append(f"WorkflowType IN ({', '.join(map(quoted, self.documents))})")
        if self.since:
            parts.append(f"StartTime >= {quoted(self.since.isoformat())}")
        if self.until:
            parts.append(f"StartTime <= {quoted(self.until.isoformat())}")
        if self.query:
            parts.append(self.query)
        return " AND ".join(f"({part})" for part in parts)


def moment(text: str, *, now: datetime | None = None) -> datetime:
    """Read a moment: so long ago (`90m`, `2d`), or a date or time in ISO 8601, local unless it names its zone.

    Raises:
        InvalidFilterError: it is neither.
    """
    try:
        return (now or datetime.now(UTC)) - parse_duration(text)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidFilterError(
            f"expected a length of time such as '2h', or a date or time such as '2027-01-31T08:00', found {text!r}"
        ) from None
    return read.astimezone(UTC)


def quoted(text: str) -> str:
    """Write a text for Temporal's list language."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
