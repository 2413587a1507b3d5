from __future__ import annotations

import pytest

from activities.nodes.browser.read import Read, read
from activities.nodes.browser.upload import Upload, upload
from tests.support.browser import Desk
from workflows.errors import PageError

SHOW = "onchange=\"document.getElementById('got').textContent = this.files[0].name + ' ' + this.files[0].size\""


@pytest.mark.parametrize(
    "html",
    [
        f"<label>Invoice <input type=file {SHOW}></label>",
        f"<label for=f>Invoice</label><input id=f hidden type=file {SHOW}>",
        f"<input id=f hidden type=file {SHOW}><button onclick=f.click() aria-label=Invoice>Choose</button>",
    ],
    ids=["field", "hidden field", "button"],
)
async def test_a_file_of_the_run_is_given_to_the_page(desk: Desk, html: str) -> None:
    await desk.put("scan.pdf", b"12345")
    await desk.show(html + "<p id=got></p>")

    await upload(desk.page(), Upload(target={"label": "Invoice"}, path="scan.pdf"))

    assert (await read(desk.page(), Read(target="#got"))).text == "scan.pdf 5"


async def test_what_asks_for_no_file_is_told(desk: Desk) -> None:
    await desk.put("scan.pdf", b"12345")
    await desk.show("<button>Choose</button>")

    with pytest.raises(PageError, match="did not ask for a file"):
        await upload(desk.page(4), Upload(target={"role": "button"}, path="scan.pdf"))


async def test_several_files_are_given_at_once(desk: Desk) -> None:
    await desk.put("a.txt", b"a")
    await desk.put("b.txt", b"b")
    await desk.show('<input type=file multiple onchange="document.title = [...this.files].map(file => file.name)">')

    await upload(desk.page(), Upload(target="input", path=["a.txt", "b.txt"]))

    assert "a.txt,b.txt" == await desk.title()
