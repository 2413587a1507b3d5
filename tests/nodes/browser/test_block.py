from __future__ import annotations

import pytest

from activities.nodes.browser.block import Block, block
from activities.nodes.browser.goto import Goto, goto
from tests.support.browser import Desk
from tests.support.pages import Answer
from workflows.errors import InvalidParamsError

PAGE = "<img src=/ad.png><img src=/logo.png><script src=/track.js></script>"


@pytest.mark.parametrize(
    ("what", "asked"),
    [
        ({"urls": ("/ad.png",)}, ["/", "/logo.png", "/track.js"]),
        ({"urls": ("*/track*", "/logo.png")}, ["/", "/ad.png"]),
        ({"resources": ("image",)}, ["/", "/track.js"]),
        ({"resources": ("image",), "urls": ("*logo*",)}, ["/", "/ad.png", "/track.js"]),
    ],
)
async def test_what_is_blocked_is_not_asked_for(desk: Desk, what: dict[str, object], asked: list[str]) -> None:
    for path in ("/ad.png", "/logo.png", "/track.js"):
        desk.site.put(path, Answer(b""))

    await block(desk.page(), Block(**what))
    await desk.show(PAGE)

    assert asked == sorted(asked.path for asked in desk.site.asked if "favicon" not in asked.path)


async def test_what_is_blocked_stays_so_on_other_pages(desk: Desk) -> None:
    desk.site.page("/two", PAGE)
    await block(desk.page(), Block(resources=("image", "script")))
    await desk.show("one")

    await goto(desk.page(), Goto(url="/two"))

    assert ["/", "/two"] == [asked.path for asked in desk.site.asked if "favicon" not in asked.path]


def test_there_must_be_something_to_block() -> None:
    with pytest.raises(InvalidParamsError, match=r"urls.*resources"):
        block.read_params({})
