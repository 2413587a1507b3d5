"""Whether an element that its target still names is the one remembered."""

from __future__ import annotations

import pytest

from workflows.healing import Identity, is_same
from workflows.spec import Effect

ALL = frozenset({"id", "name", "href", "test_id"})


@pytest.mark.parametrize(
    ("identity", "shows", "counted", "same"),
    [
        (Identity(same_kind=False, called=1, agreeing=ALL), True, True, False),
        (Identity(same_kind=True, called=1, agreeing=frozenset()), False, False, True),
        (Identity(same_kind=True, called=None, agreeing=frozenset()), False, False, True),
        (Identity(same_kind=True, called=0, agreeing=ALL), False, False, False),
        (Identity(same_kind=True, called=0, agreeing=frozenset()), True, False, True),
        (Identity(same_kind=True, called=0, agreeing=frozenset()), False, True, True),
    ],
)
def test_what_is_used_otherwise_or_called_otherwise_is_another(
    identity: Identity, *, shows: bool, counted: bool, same: bool
) -> None:
    assert same == is_same(identity, Effect.ONCE, shows=shows, counted=counted)


def test_a_step_that_may_be_done_again_trusts_what_two_marks_of_the_author_say() -> None:
    renamed = Identity(same_kind=True, called=0, agreeing=ALL)

    assert is_same(renamed, Effect.IDEMPOTENT, shows=False, counted=False)
