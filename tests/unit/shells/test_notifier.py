"""The notifier as a workflow: what cannot be delivered, and what a new history takes along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from tests.support.notices import told
from tests.support.play import Play, playing
from workflows.notice import DELIVER_ACTIVITY, NOTIFIER
from workflows.notifier import Notifier, NotifierState

STATE = NotifierState(longest=10)
TOLD = told("a", quiet=timedelta(hours=1))


@contextmanager
def notifying(**facts: Any) -> Iterator[Play]:
    """A notifier that is started with a notice."""
    with playing(Notifier, STATE, name=NOTIFIER, meanwhile=lambda play: play.signal("told", TOLD), **facts) as play:
        yield play


def test_what_cannot_be_delivered_is_given_up_and_the_notifier_comes_to_its_end() -> None:
    with notifying() as notifier:
        notifier.fails(notifier.at_work(DELIVER_ACTIVITY)[0])
        notifier.wait(TOLD.quiet.total_seconds())

        assert notifier.result(type(None)) is None


def test_a_long_history_is_gone_on_with_once_everything_is_delivered() -> None:
    with notifying() as notifier:
        notifier.length = STATE.longest + 1
        notifier.signal("told", told("b", quiet=TOLD.quiet))
        (delivery,) = notifier.at_work(DELIVER_ACTIVITY)

        notifier.done(delivery)

        state = notifier.handed_on(NotifierState)
        assert ((), 1) == (state.parcels, len(state.grouped.incidents))


def test_a_history_that_is_much_too_long_takes_along_what_is_under_way() -> None:
    with notifying(length=5 * STATE.longest) as notifier:
        state = notifier.handed_on(NotifierState)

    with playing(Notifier, state, name=NOTIFIER) as successor:
        under_way = successor.at_work(DELIVER_ACTIVITY)
        assert [(TOLD.notice.run, "mail")] == [(work.args[0]["notice"]["run"], work.args[1]) for work in under_way]
