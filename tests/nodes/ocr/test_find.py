from __future__ import annotations

import pytest

from activities.nodes.ocr.find import find
from tests.support.office import picture, png
from tests.support.steps import Steps

pytest.importorskip("rapidocr", reason="needs the extra 'ocr'")


async def test_a_text_is_found_where_it_stands(steps: Steps) -> None:
    await steps.put("a.png", png(picture(["Cancel\tCancelled", "Save"])))

    anywhere = await steps.do(find, {"path": "a.png", "text": "can cel"}, timeout=60.0)
    exact = await steps.do(find, {"path": "a.png", "text": "Cancel", "exact": True}, timeout=60.0)

    assert (["Cancel", "Cancelled"], 1) == ([place["text"] for place in anywhere["places"]], exact["count"])
    assert abs(exact["places"][0]["left"] - 60) < 20


async def test_a_text_that_is_not_there_is_not_found(steps: Steps) -> None:
    await steps.put("a.png", png(picture(["Save"])))

    assert {"places": [], "count": 0} == await steps.do(find, {"path": "a.png", "text": "Delete"}, timeout=60.0)
