from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from workflows.healing import Evidence, Verdict, decide, decide_by_looks, is_renamed, seen_only
from workflows.spec import Effect

UNMOVED = Evidence(
    score=0.95,
    margin=0.4,
    own=1,
    around=1,
    place=1,
    called=1,
    agreeing=frozenset({"text", "id"}),
    only=frozenset({"text", "id"}),
    still=True,
    settled=True,
    apart=True,
    claimed=False,
    kept=1,
    named=(1, 1),
    same_kind=True,
    same_tag=True,
)
"""An element that has not changed at all."""
ANEW = UNMOVED.model_copy(update={"kept": 0.1, "place": 0.1, "still": False, "around": 0.2})
"""The same on a page that was made anew."""
NAMED = frozenset({"text"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    id: str
    change: dict[str, object] = field(default_factory=dict)
    """What is different from an element that has not changed."""
    page: Evidence = UNMOVED


SURE = [
    Case("nothing changed"),
    Case("its id changed", {"agreeing": NAMED, "only": NAMED}),
    Case("its place and surroundings changed", {"place": 0.1, "still": False, "around": 0.1}),
    Case("much of itself changed, its surroundings did not", {"own": 0.6, "still": False}),
    Case("its tag changed, its surroundings did not", {"same_tag": False, "still": False}),
    Case("others of its name came", {"only": NONE, "settled": False, "named": (1, 2)}),
    Case("others of its name stayed", {"only": NONE, "place": 0.1, "still": False, "named": (2, 2)}),
    Case(
        "others of its name stayed, and it moved away",
        {"only": NONE, "around": 0.1, "place": 0.1, "still": False, "named": (2, 2)},
    ),
    Case(
        "others of its name stayed, but only it is the same in all that it is",
        {"only": NONE, "settled": False, "unique": True, "around": 0.1, "place": 0.1, "still": False},
    ),
    Case("a copy came beside it", {"only": NONE, "settled": False, "apart": False, "named": (1, 2)}),
    Case("it moved a little", {"only": NONE, "settled": False, "still": False, "place": 0.8}),
    Case("it stands alone", {"around": None}),
    Case("one of its name went, but not the one with its id", {"named": (2, 1)}),
    Case("the page is new, and two keys agree", {}, ANEW),
    Case("the page is new, its surroundings are not", {"agreeing": NAMED, "around": 0.8}, ANEW),
]
DOUBTFUL = [
    Case(
        "its name and its keys changed",
        {"own": 0.6, "only": NONE, "agreeing": NONE, "place": 0.7, "still": False, "settled": False},
    ),
    Case(
        "another kind of element bears its name now",
        {"own": 0.65, "same_tag": False, "agreeing": NAMED, "only": NAMED, "still": False, "place": 0.3},
    ),
    Case("one of its name went", {"named": (2, 1), "only": NAMED}),
    Case("another is nearly as alike", {"margin": 0.02}),
    Case("the page was too slow to look at all of it", {"whole": False}),
    Case("the page is new, and one key agrees", {"agreeing": NAMED}, ANEW),
    Case("the page is new, and another is not much less alike", {"margin": 0.1}, ANEW),
    Case("the page is new, and it stands alone", {"agreeing": NAMED, "around": None}, ANEW),
]
OUT = [
    Case("it is another that was there before", {"claimed": True}),
    Case("it is used in another way", {"same_kind": False}),
    Case("two are equally alike", {"margin": 0.0}),
    Case("hardly anything is the same", {"score": 0.2}),
]


def _decided(case: Case, effect: Effect) -> Verdict:
    return decide(case.page.model_copy(update=case.change), effect).verdict


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("case", SURE, ids=lambda case: case.id)
def test_what_is_beyond_doubt_is_acted_upon(case: Case, effect: Effect) -> None:
    assert Verdict.AUTO == _decided(case, effect)


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("case", DOUBTFUL, ids=lambda case: case.id)
def test_a_person_is_asked_when_in_doubt(case: Case, effect: Effect) -> None:
    assert Verdict.PROPOSE == _decided(case, effect)


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("case", OUT, ids=lambda case: case.id)
def test_what_is_something_else_is_refused(case: Case, effect: Effect) -> None:
    assert Verdict.REFUSE == _decided(case, effect)


def test_what_bears_another_name_is_not_clicked_without_asking() -> None:
    renamed = UNMOVED.model_copy(update={"called": 0.2, "only": frozenset({"id"}), "agreeing": frozenset({"id"})})

    decided = {effect: decide(renamed, effect).verdict for effect in Effect}

    assert {Effect.READ: "auto", Effect.IDEMPOTENT: "auto", Effect.ONCE: "propose"} == decided


def test_a_place_is_enough_for_what_can_be_repeated_only() -> None:
    nameless = UNMOVED.model_copy(
        update={"agreeing": NONE, "only": NONE, "settled": False, "still": False, "called": None}
    )

    assert ("auto", "propose") == (decide(nameless, Effect.READ).verdict, decide(nameless, Effect.ONCE).verdict)


def test_a_field_that_lost_its_label_is_known_by_it() -> None:
    lost = UNMOVED.model_copy(
        update={"own": 0.5, "only": NONE, "agreeing": NONE, "called": 0.0, "still": False, "settled": False,
                "place": 0.7, "lost": True}
    )  # fmt: skip

    assert ("auto", "propose") == (decide(lost, Effect.IDEMPOTENT).verdict, decide(lost, Effect.ONCE).verdict)


def test_a_key_that_an_author_chose_is_enough_in_the_same_surroundings() -> None:
    renamed = UNMOVED.model_copy(
        update={"only": frozenset({"href"}), "agreeing": frozenset({"href"}), "settled": False, "own": 0.6}
    )

    assert "it alone has the id, name or address and has the same surroundings" == (decide(renamed, Effect.READ).reason)


def test_an_empty_page_offers_nothing() -> None:
    assert "nothing on the page can be used" == decide(None, Effect.READ).reason


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, Verdict.AUTO), ({"still": False}, Verdict.PROPOSE), ({"kept": 0.6}, Verdict.PROPOSE)],
    ids=["nothing changed since", "it changed", "the page changed"],
)
def test_what_a_person_accepted_is_the_one_until_something_changes(
    change: dict[str, object], expected: Verdict
) -> None:
    case = Case("a nameless element", {"margin": 0.02, "only": NONE, "agreeing": NONE, **change})

    assert expected == decide(case.page.model_copy(update=case.change), Effect.ONCE, accepted=True).verdict


@pytest.mark.parametrize(
    ("best", "following", "others", "expected"),
    [
        (0.97, 0.4, 0, "it alone looks the same"),
        (0.97, 0.93, 0, "two elements look like it"),
        (0.97, 0.4, 1, "it looks like it, but so did others"),
        (0.85, 0.4, 0, "it looks much like it, but not the same"),
        (0.6, 0.4, 0, "nothing looks like it"),
    ],
)
def test_what_says_nothing_is_known_by_how_it_alone_looks(
    best: float, following: float, others: int, expected: str
) -> None:
    decision = decide_by_looks(best, following, others=others, effect=Effect.ONCE)

    assert (expected, 3) == (decision.reason, decision.tier)
    assert (decision.verdict is Verdict.AUTO) == ("alone" in decision.reason)


def test_what_is_only_seen_would_not_be_acted_upon_by_anything_else() -> None:
    assert Verdict.PROPOSE == decide(seen_only(0.97, 0.4), Effect.ONCE).verdict


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"agreeing": frozenset({"id"})}, True),
        ({"agreeing": frozenset({"id"}), "claimed": True}, False),
        ({"agreeing": frozenset({"id"}), "around": None}, False),
        ({"agreeing": NONE}, False),
    ],
    ids=["its id stayed", "it is another", "it stands alone", "nothing of its own stayed"],
)
def test_a_control_of_another_name_is_known_by_its_own_past(change: dict[str, object], *, expected: bool) -> None:
    renamed = UNMOVED.model_copy(update={"called": 0.1, "only": NONE, "still": False, **change})

    assert expected == is_renamed(renamed, Effect.ONCE)
