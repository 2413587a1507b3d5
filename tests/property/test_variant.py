from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from activities.variant import variant

NUMBERS = st.integers(0, 10**12).map(str)
IDS = st.one_of(
    NUMBERS,
    st.uuids().map(UUID.__str__),
    st.dates().map(str),
    NUMBERS.map("INV-{}".format),
    st.binary(min_size=12, max_size=12).map(lambda drawn: f"{drawn.hex()}0"),
)
WORDS = st.from_regex(r"[a-z]{1,12}(-[a-z]{1,12})?", fullmatch=True)
PLACES = st.lists(WORDS | IDS, max_size=4)


@given(PLACES, PLACES)
def test_what_a_page_is_called_is_called_the_same(path: list[str], route: list[str]) -> None:
    page = variant(f"https://portal.example/{'/'.join(path)}#/{'/'.join(route)}")

    assert page == variant(page)


@given(st.text())
def test_every_text_has_a_name_that_stays(text: str) -> None:
    assert variant(variant(text)) == variant(text)
    assert variant(f"https://{text}") == variant(variant(f"https://{text}"))


@given(WORDS, IDS, IDS, WORDS)
def test_the_pages_of_two_records_are_one(kind: str, one: str, other: str, verb: str) -> None:
    in_path = {variant(f"https://portal.example/{kind}/{record}/{verb}?q={record}") for record in (one, other)}
    in_route = {variant(f"https://portal.example/app#/{kind}/{record}/{verb}") for record in (one, other)}

    assert (1, 1) == (len(in_path), len(in_route))


@given(WORDS, WORDS)
def test_pages_of_different_names_are_two(one: str, other: str) -> None:
    same = variant(f"https://portal.example/{one}") == variant(f"https://portal.example/{other}")

    assert (one == other) == same
