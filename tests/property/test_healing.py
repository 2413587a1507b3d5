from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflows.healing import Evidence, Verdict, decide
from workflows.spec import Effect

KEYS = st.frozensets(st.sampled_from(["text", "label", "hint", "icon", "id", "name", "test", "href"]))
SHARES = st.floats(0, 1)


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    agreeing = draw(KEYS)
    return Evidence(
        score=draw(SHARES),
        margin=draw(st.floats(-1, 1)),
        own=draw(SHARES),
        around=draw(st.none() | SHARES),
        place=draw(SHARES),
        called=draw(st.none() | SHARES),
        agreeing=agreeing,
        only=draw(KEYS) & agreeing,
        still=draw(st.booleans()),
        settled=draw(st.booleans()),
        apart=draw(st.booleans()),
        claimed=draw(st.booleans()),
        kept=draw(SHARES),
        named=draw(st.tuples(st.integers(0, 20), st.integers(0, 20))),
        same_kind=draw(st.booleans()),
        same_tag=draw(st.booleans()),
    )


@given(evidence())
def test_what_may_be_done_once_may_be_repeated(found: Evidence) -> None:
    """Whatever is good enough for a click is good enough for reading."""
    if decide(found, Effect.ONCE).verdict is Verdict.AUTO:
        assert Verdict.AUTO == decide(found, Effect.READ).verdict


@given(evidence(), st.sampled_from(Effect), SHARES)
def test_a_wider_margin_never_makes_a_candidate_worse(found: Evidence, effect: Effect, more: float) -> None:
    order = [Verdict.REFUSE, Verdict.PROPOSE, Verdict.AUTO]
    wider = found.model_copy(update={"margin": found.margin + more})

    assert order.index(decide(wider, effect).verdict) >= order.index(decide(found, effect).verdict)


@given(evidence(), st.sampled_from(Effect))
def test_what_is_known_as_another_is_never_acted_upon(found: Evidence, effect: Effect) -> None:
    other = found.model_copy(update={"claimed": True})

    assert Verdict.REFUSE == decide(other, effect).verdict
