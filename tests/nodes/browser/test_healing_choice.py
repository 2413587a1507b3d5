from __future__ import annotations

from pathlib import Path

from activities.drivers.playwright.healing.script import SOURCE
from tests.support.browser import Desk

PAGES = 30
EVERYBODY = Path(__file__).with_name("everybody.js").read_text(encoding="utf-8")


async def test_who_is_left_out_to_save_time_would_not_have_been_chosen(desk: Desk) -> None:
    """Most candidates are never asked all: the best and the next are the same as if they were."""
    await desk.show("")

    script = f"pages => {{ {SOURCE} {EVERYBODY} return compared(pages); }}"
    told = await desk.page(60).evaluate(script, PAGES, None)

    assert {"differ": [], "looked": PAGES, "most": 60} == told
