"""How much of what robots offer is in use: figures that add up, of each robot and of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from workflows.call import Message
from workflows.fleet import Lease, RobotEntry


class Usage(Message):
    """Sessions of a robot, or of several: `slots` is always `used` and `free` together."""

    slots: int
    """How many it can hold; a process that can hold fewer than its predecessor counts as many as it still has."""
    used: int

    @property
    def free(self) -> int:
        """How many more it can hold, whether or not it takes work now."""
        return self.slots - self.used


def usage(robots: Iterable[RobotEntry], leases: Iterable[Lease]) -> Mapping[str, Usage]:
    """The usage of each robot, by name; of one that is not here, there is nothing to use."""
    used = Counter(lease.robot for lease in leases)
    return {
        entry.card.robot: Usage(slots=_slots(entry, used[entry.card.robot]), used=used[entry.card.robot])
        for entry in robots
    }


def total(usages: Iterable[Usage]) -> Usage:
    """All of them together."""
    each = tuple(usages)
    return Usage(slots=sum(one.slots for one in each), used=sum(one.used for one in each))


def _slots(entry: RobotEntry, used: int) -> int:
    return max(entry.card.slots, used) if entry.presence == "here" else 0
