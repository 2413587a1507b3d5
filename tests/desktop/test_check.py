"""`aether desktop check`, on this machine's own editor."""

from __future__ import annotations

from pathlib import Path

from tests.support.aether import Aether
from tests.support.desktops import needs

pytestmark = needs("mousepad")


async def test_every_verb_is_tried_and_told(tmp_path: Path) -> None:
    done = await Aether(tmp_path)("desktop", "check", "-o", "json")

    verbs = [verdict["verb"] for verdict in done.data["verbs"]]
    assert (0, True) == (done.code, done.data["ok"]), done.out
    assert ["launch", "read_tree", "find", "fill", "wait", "type", "press"] == verbs[:7]
    assert ["clipboard", "paste", "click", "menu", "screenshot", "close"] == verbs[7:]


async def test_a_program_that_is_not_there_ends_it(tmp_path: Path) -> None:
    done = await Aether(tmp_path)("desktop", "check", "--program", "nowhere")

    assert 3 == done.code
    assert "✗ launch" in done.out
    assert "1 of 1 failed" in done.err
