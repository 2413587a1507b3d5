"""Events that are delivered twice."""

from __future__ import annotations

from workflows.requests import MOST_IDS, hear


def test_a_second_delivery_of_an_event_is_known_among_the_latest_thousand() -> None:
    heard: tuple[str, ...] | None = ()
    for number in range(MOST_IDS + 1):
        heard = hear(heard or (), f"{number}")

    assert heard is not None
    assert MOST_IDS == len(heard)
    assert hear(heard, "7") is None
    assert (*heard[1:], "0") == hear(heard, "0")
    assert heard == hear(heard, "")
