"""What can be left from a place of a document."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Exits:
    """The jumps that lead somewhere."""

    open: frozenset[str] = frozenset({"return"})
    """Those that are possible, of `break`, `continue` and `return`."""
    within: str | None = None
    """What none of the others can leave."""

    @property
    def looping(self) -> Exits:
        """Inside a loop whose rounds come one after the other."""
        return replace(self, open=self.open | {"break", "continue"})


ROUND = Exits(frozenset({"continue"}), "a round that has others beside it")
BRANCH = Exits(frozenset(), "a branch that has others beside it")
RESTORE = Exits(frozenset(), "what has a page again")
UNDO = Exits(frozenset(), "what undoes a step")
