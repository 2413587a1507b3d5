"""When a robot stops taking work because it only ever fails, and when it tries again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal, TypeAlias

Part: TypeAlias = Literal["browser", "desktop", "machine"]
"""What of a robot may be broken."""

MOST_FAILURES = 5
"""So many in a row are no accident."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Failures:
    """Failures in a row, for one reason or another."""

    count: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True)
class Breaker:
    """A robot's trust in itself: closed while work may come, open once it failed too often in a row."""

    failures: Mapping[Part, Failures] = field(default_factory=dict)
    reason: str = ""
    """Why no work is taken; empty while it is."""
    pause: timedelta = timedelta()
    """How long to wait until the next probe."""

    @property
    def is_open(self) -> bool:
        """Whether no work is taken."""
        return bool(self.reason)

    def failed(self, part: Part, why: str) -> Breaker:
        """After work failed by the robot's own fault."""
        count = self.failures.get(part, Failures()).count + 1
        counted = replace(self, failures={**self.failures, part: Failures(count, why)})
        if self.is_open or count < MOST_FAILURES:
            return counted
        return replace(counted, reason=f"{count} failures in a row, the last: {why}", pause=FIRST_PAUSE)

    def worked(self, part: Part) -> Breaker:
        """After work was done with a part that might be broken; an open breaker waits for its probe all the same."""
        rest = {other: failures for other, failures in self.failures.items() if other != part}
        return replace(self, failures=rest)

    def probed(self, wrong: str) -> Breaker:
        """After the robot tried itself; empty when nothing was wrong."""
        if not wrong:
            return Breaker()
        return replace(self, reason=f"does not work yet: {wrong}", pause=min(2 * self.pause, LONGEST_PAUSE))
