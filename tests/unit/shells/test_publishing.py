"""Published documents as workflows: which version new runs get, what is refused, and what a new history takes along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from temporalio.exceptions import ApplicationError

from tests.support.machine import plan_of
from tests.support.play import Play, playing
from workflows.publishing import (
    PREFIX,
    PUBLISH_UPDATE,
    ROLLBACK_UPDATE,
    VERSION_QUERY,
    VERSIONS_QUERY,
    Published,
    PublishRequest,
    RollbackRequest,
    Shelf,
    Summary,
    Version,
)

BACK = RollbackRequest(by="ada")


@pytest.fixture
def document() -> Iterator[Play]:
    with playing(Published, Shelf(), name=f"{PREFIX}test") as play:
        yield play


def request(source: str, name: str = "test") -> PublishRequest:
    return PublishRequest(plan=plan_of([{"set": {"said": source}}], name=name), source=source, by="ada")


def current(document: Play) -> str | None:
    """The source of the version that new runs get."""
    version = document.query(VERSION_QUERY, kind=Version)
    return version.source if version is not None else None


def test_before_anything_is_published_there_is_no_version(document: Play) -> None:
    assert current(document) is None


def test_the_version_published_last_is_the_current_one_and_the_others_are_kept(document: Play) -> None:
    numbers = [document.update(PUBLISH_UPDATE, request(source)) for source in ("one", "two")]

    first = document.query(VERSION_QUERY, 1, kind=Version)
    assert ([1, 2], "two") == (numbers, current(document))
    assert first is not None
    assert "one" == first.source


def test_all_versions_are_told_the_latest_first(document: Play) -> None:
    for source in ("one", "two"):
        document.update(PUBLISH_UPDATE, request(source))

    told = document.query(VERSIONS_QUERY, kind=tuple[Summary, ...])

    assert told is not None
    assert [(2, True), (1, False)] == [(version.number, version.current) for version in told]


def test_another_document_is_refused(document: Play) -> None:
    with pytest.raises(ApplicationError, match="this is where 'test' is published, not 'other'"):
        document.update(PUBLISH_UPDATE, request("one", name="other"))


@pytest.mark.parametrize(("back", "number"), [(BACK, 2), (RollbackRequest(to=1, by="ada"), 1)], ids=["one", "to 1"])
def test_new_runs_get_an_earlier_version_again(document: Play, back: RollbackRequest, number: int) -> None:
    for source in ("1", "2", "3"):
        document.update(PUBLISH_UPDATE, request(source))

    assert number == document.update(ROLLBACK_UPDATE, back)
    assert f"{number}" == current(document)


def test_there_is_nothing_to_go_back_to_before_the_first_version(document: Play) -> None:
    with pytest.raises(ApplicationError, match="there is no version before the current one; there are none"):
        document.update(ROLLBACK_UPDATE, BACK)


def test_a_version_that_is_not_there_is_refused_with_those_that_are(document: Play) -> None:
    document.update(PUBLISH_UPDATE, request("one"))

    with pytest.raises(ApplicationError, match="there is no version 7; there are 1"):
        document.update(ROLLBACK_UPDATE, RollbackRequest(to=7, by="ada"))


def test_a_long_history_is_gone_on_with_in_a_new_one_that_has_all_versions(document: Play) -> None:
    document.length = Shelf().longest

    document.update(PUBLISH_UPDATE, request("one"))

    shelf = document.handed_on(Shelf)
    assert (1, ["one"]) == (shelf.current, [version.source for version in shelf.versions])


def test_the_same_content_as_the_current_one_is_no_new_version(document: Play) -> None:
    numbers = [document.update(PUBLISH_UPDATE, request("one")) for _ in range(2)]

    assert [1, 1] == numbers
