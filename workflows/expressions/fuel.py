"""What an evaluation may cost, counted in work done, never in time, so that a replay counts the same."""

from __future__ import annotations

from workflows.errors import ExpressionError

EVALUATION_FUEL = 100_000
"""What one evaluation may use unless its caller says otherwise: about ten milliseconds' worth."""


class Fuel:
    """A budget of work: roughly one unit for each operation, or for each few elements or characters touched."""

    __slots__ = ("limit", "remaining")

    def __init__(self, limit: int = EVALUATION_FUEL) -> None:
        self.limit = limit
        """What there was at the start."""
        self.remaining = limit
        """What is left; below zero once a request was refused."""

    @property
    def spent(self) -> int:
        """What has been used so far, a refused request included."""
        return self.limit - self.remaining

    def spend(self, units: int) -> None:
        """Use some of the budget.

        Raises:
            ExpressionError: there is not that much left.
        """
        self.remaining -= units
        if self.remaining < 0:
            raise ExpressionError(
                f"the expression is more work than allowed ({self.limit} units): "
                "work on fewer or smaller values, or split it into several steps"
            )
