"""What follows an attempt of a step: the effects table as one pure function.

| effect     | raised before acting | raised while acting | vanished           |
|------------|----------------------|---------------------|--------------------|
| read       | retry                | retry               | retry              |
| idempotent | retry                | retry, same key     | retry, same key    |
| once       | retry                | in doubt            | in doubt           |

A step in doubt is looked after by its `verify`, if it has one; else, or when that cannot tell, a person must look.
An attempt *vanishes* when nobody can say what it did: its robot died, froze or was cut off. An attempt that
was never taken by a robot is not in doubt. Business and configuration errors are never retried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from workflows.call import ErrorValue
from workflows.plan import RetryPlan
from workflows.spec import Effect

VANISHED_DELAYS = (0.0, 10.0, 60.0)
"""Seconds before an attempt that vanished is made again; apart from the document's delays, which are for errors."""

LONGEST_ASKED = 86_400.0
"""Seconds a server may ask to be left alone: a day."""

_GONE = frozenset({404, 410})
_NOT_SO = frozenset({"AssertionFailedError", "ExpectationFailedError"})
"""How a look says that something is not there: a server's answer, and a page that does not show it."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The attempt ended with an error that the robot reported."""

    error: ErrorValue


@dataclass(frozen=True, slots=True)
class Vanished:
    """Nobody can say how the attempt ended."""

    error: ErrorValue
    taken: bool = True
    """Whether a robot had begun with it."""
    robot_lost: bool = True
    """Whether the robot is gone too, and not only its answer."""


Outcome: TypeAlias = Raised | Vanished


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a step was tried so far, the latest attempt included."""

    raised: int = 0
    vanished: int = 0

    def counting(self, outcome: Outcome) -> Attempts:
        """The same with one attempt more."""
        if isinstance(outcome, Raised):
            return Attempts(self.raised + 1, self.vanished)
        return Attempts(self.raised, self.vanished + 1)


@dataclass(frozen=True, slots=True)
class Retry:
    """Make another attempt after so many seconds."""

    delay: float


@dataclass(frozen=True, slots=True)
class Fail:
    """The step has failed for good."""

    error: ErrorValue


@dataclass(frozen=True, slots=True)
class Look:
    """Find out whether the step took effect."""

    error: ErrorValue
    """Why nobody knows."""


def after(  # noqa: PLR0913 - all that decides
    effect: Effect, outcome: Outcome, attempts: Attempts, retry: RetryPlan, chance: float, *, verifiable: bool = False
) -> Retry | Fail | Look:
    """Decide what follows an attempt.

    Args:
        effect: what repeating the step would do.
        outcome: how the attempt ended.
        attempts: how many attempts ended which way, this one included.
        retry: the document's delays for errors.
        chance: from 0 to 1, places the delay within its jitter.
        verifiable: whether there is a way to find out whether the step took effect.
    """
    error = outcome.error
    if error.kind != "robot" and not (error.kind == "unknown-outcome" and verifiable):
        return Fail(error)
    if effect is Effect.ONCE and in_doubt(outcome):
        return Look(error) if verifiable else Fail(unknown_outcome(error))
    if isinstance(outcome, Vanished):
        return _next(error, VANISHED_DELAYS, attempts.vanished)
    return _delayed(error, attempts.raised, retry, chance)


def after_absence(error: ErrorValue, attempts: Attempts, retry: RetryPlan, chance: float) -> Retry | Fail:
    """Decide what follows an attempt that was in doubt, and of which it is proven now that it had no effect."""
    return _delayed(error, attempts.raised + attempts.vanished, retry, chance)


def shows_absence(outcome: Outcome) -> bool:
    """Whether a look for an effect ended with: there is none."""
    error = outcome.error
    if isinstance(outcome, Vanished) or error.kind != "business":
        return False
    status = error.details.get("status") if isinstance(error.details, dict) else None
    return status in _GONE or error.type in _NOT_SO


def unknown_outcome(error: ErrorValue) -> ErrorValue:
    """The error of a step that may or may not have taken effect."""
    return ErrorValue(
        type="OutcomeUnknownError",
        kind="unknown-outcome",
        message=(
            f"the step may or may not have taken effect ({error.message}); it is not repeated, "
            "because that could do it twice; look at the system it acts on"
        ),
        step=error.step,
        details={"cause": error.model_dump(mode="json")},
        acted=None,
    )


def in_doubt(outcome: Outcome) -> bool:
    """Whether the attempt may have had an effect."""
    if isinstance(outcome, Vanished):
        return outcome.taken
    return outcome.error.acted is not False


def not_begun(outcome: Outcome) -> Outcome:
    """The same of an attempt that cannot have had an effect, because it never came to it."""
    if isinstance(outcome, Vanished):
        return replace(outcome, taken=False)
    return Raised(outcome.error.model_copy(update={"acted": False}))


def _delayed(error: ErrorValue, ended: int, retry: RetryPlan, chance: float) -> Retry | Fail:
    waited = _next(error, retry.on.get(error.type, retry.delays), ended)
    if isinstance(waited, Retry):
        spread = 1 + retry.jitter * (2 * chance - 1)
        return Retry(max(waited.delay * spread, _asked_delay(error)))
    return waited


def _next(error: ErrorValue, delays: tuple[float, ...], ended: int) -> Retry | Fail:
    return Retry(delays[ended - 1]) if ended <= len(delays) else Fail(error)


def _asked_delay(error: ErrorValue) -> float:
    asked = error.details.get("retry_after") if isinstance(error.details, dict) else None
    return min(float(asked), LONGEST_ASKED) if isinstance(asked, int | float) else 0.0
