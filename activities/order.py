"""Whether the server orders an activity for the first time."""

from __future__ import annotations

from temporalio import activity


def ordered_again() -> bool:
    """Whether this activity may have been begun before, in spite of one attempt: after a pause or a reset.

    Both may count attempts from one again; the time of the order gives them away.
    """
    order = activity.info()
    return order.attempt > 1 or order.current_attempt_scheduled_time > order.scheduled_time
