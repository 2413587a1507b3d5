"""Names of values in SQL, among all that only looks like them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from activities.drivers.database.statement import Dialect, read_statement

WORDS = st.text(alphabet="ab:;$'\"`\\-/*#% \n?é", max_size=12)
NAMES = st.sampled_from(["a", "b2", "_c", "day"])


def between(mark: str) -> SearchStrategy[str]:
    """A text in quotes that are doubled inside."""
    return WORDS.filter(lambda text: "\\" not in text).map(lambda text: mark + text.replace(mark, mark * 2) + mark)


def escaped(prefix: str) -> SearchStrategy[str]:
    """A text in which a backslash takes the meaning from what follows."""
    return WORDS.map(lambda text: prefix + "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")


LINE = WORDS.map(lambda text: "-- " + text.replace("\n", " ") + "\n")
BLOCK = WORDS.filter(lambda text: not {"*/", "/*"} & {text[at : at + 2] for at in range(len(text))}).map(
    lambda text: f"/* {text} /* {text} */ {text} */"
)
DOLLAR = WORDS.filter(lambda text: "$" not in text).map(lambda text: f"$it${text}$it$")
CODE = st.sampled_from(["select", "x::int", "1", ",", "a := 2", "at time zone", "x -> 'y'", "a[1: 2]"])
STANDARD = st.one_of(between("'"), between('"'), escaped("E"), LINE, BLOCK, DOLLAR, CODE)
HASH = WORDS.map(lambda text: "#" + text.replace("\n", " ") + "\n")
MYSQL = st.one_of(between("'"), between('"'), between("`"), escaped(""), LINE, HASH)


def statements(other: SearchStrategy[str]) -> SearchStrategy[list[tuple[str, bool]]]:
    part = st.one_of(NAMES.map(lambda name: (name, True)), other.map(lambda text: (text, False)))
    return st.lists(part, max_size=12)


def check(parts: list[tuple[str, bool]], dialect: Dialect) -> None:
    sql = " ".join(["select", *(f":{text}" if named else text for text, named in parts)])

    read = read_statement(sql, dialect=dialect)

    names = [text for text, named in parts if named]
    assert names == [each.name for each in read.names]
    assert sql == read.render(lambda name, _: f":{name}")
    assert list(dict.fromkeys(names)) == list(read.distinct)


@given(statements(STANDARD))
def test_only_names_are_names(parts: list[tuple[str, bool]]) -> None:
    check(parts, "standard")


@given(statements(MYSQL))
def test_only_names_are_names_in_mysql(parts: list[tuple[str, bool]]) -> None:
    check(parts, "mysql")
