from __future__ import annotations

import hashlib
import struct

from activities.nodes.browser.screenshot import Screenshot, screenshot
from activities.secrets import Mask
from tests.support.browser import Desk


async def test_a_picture_of_the_page_is_put_into_the_workspace(desk: Desk) -> None:
    await desk.show("<div style='height:3000px'>tall</div>")

    visible = await screenshot(desk.page(), Screenshot(path="proof.png"))
    whole = await screenshot(desk.page(), Screenshot(full_page=True))

    content = desk.content("proof.png")
    assert ("proof.png", f"sha256:{hashlib.sha256(content).hexdigest()}") == (visible.path, visible.artifact)
    assert (1280, 800) == _size(content)
    assert _size(desk.content(whole.path))[1] > 3000


async def test_one_element_can_be_pictured(desk: Desk) -> None:
    await desk.show("<div id=x style='width:100px;height:50px'>box</div>")

    picture = await screenshot(desk.page(), Screenshot(target="#x"))

    assert (100, 50) == _size(desk.content(picture.path))


async def test_password_fields_are_covered(desk: Desk) -> None:
    await desk.show("<input type=password value=a autofocus=no>")
    one = await screenshot(desk.page(), Screenshot())
    await desk.show("<input type=password value=aaaaaaaaaaaa>")

    other = await screenshot(desk.page(), Screenshot())

    assert one.artifact == other.artifact


async def test_fields_that_show_a_secret_are_covered_too(desk: Desk) -> None:
    mask = Mask()
    mask.register("hunter2")
    pictures = []
    for held in ("it is hunter2", "it is hunter2!", "it is plain"):
        await desk.show(f"<input value='{held}' size=40><textarea>other</textarea>")
        with mask.worn():
            pictures.append((await screenshot(desk.page(), Screenshot())).artifact)

    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]


def _size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height
