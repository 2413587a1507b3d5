"""A plan under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.plan import Block, BlockNumber, CallStep, Plan


@dataclass(slots=True)
class Program:
    """What the steps of a document, and of those it takes in, come to."""

    needs: list[str]
    """Tags of the robot that holds the sessions of the steps under way."""
    limits: dict[str, int] = field(default_factory=dict)
    """What is scarce and held by the run: how many shares there are of each."""
    restore: BlockNumber | None = None
    """How a lost page is had again."""
    blocks: list[Block] = field(default_factory=list)
    children: dict[str, Plan] = field(default_factory=dict)
    """By the file of their document."""
    secrets: set[str] = field(default_factory=set)
    documents: int = 1
    """How many it holds, those that its children hold included."""
    height: int = 1
    """How many are called by one another."""
    _numbers: int = 0

    def reserve(self) -> BlockNumber:
        """Give a block the next number before its steps are known."""
        self.blocks.append(())
        return len(self.blocks) - 1

    def number(self) -> int:
        """The next step's number."""
        self._numbers += 1
        return self._numbers - 1

    def need(self, tags: tuple[str, ...]) -> None:
        """The robot must have these too."""
        self.needs.extend(tag for tag in dict.fromkeys(tags) if tag not in self.needs)

    def nodes(self) -> set[str]:
        """The types of all nodes that are called."""
        calls = [step.node for block in self.blocks for step in block if isinstance(step, CallStep)]
        return {call.type for call in calls} | {call.verify.node.type for call in calls if call.verify is not None}

    def limit(self, limits: Mapping[str, int]) -> None:
        """Shares of these are held too; where documents disagree on how many there are, the smaller number counts."""
        for name, shares in limits.items():
            self.limits[name] = min(shares, self.limits.get(name, shares))
