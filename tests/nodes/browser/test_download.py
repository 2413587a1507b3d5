from __future__ import annotations

import hashlib

import pytest

from activities.nodes.browser.download import Download, download
from tests.support.browser import Desk
from tests.support.pages import Answer
from workflows.errors import InvalidParamsError, PageError

CONTENT = b"a;b\n1;2\n"
EXPORT = {"role": "link", "name": "Export"}


def _attachment(name: str, content: bytes = CONTENT, delay: float = 0.0) -> Answer:
    return Answer(content, headers={"Content-Disposition": f'attachment; filename="{name}"'}, delay=delay)


async def test_a_file_arrives_in_the_workspace(desk: Desk) -> None:
    desk.site.put("/export", _attachment("invoices.csv", delay=0.5))
    await desk.show("<a href=/export>Export</a>")

    file = await download(desk.page(), Download(target=EXPORT))

    assert ("downloads/invoices.csv", "invoices.csv", 8) == (file.path, file.name, file.size)
    assert f"sha256:{hashlib.sha256(CONTENT).hexdigest()}" == file.artifact
    assert CONTENT == desk.content(file.path)


async def test_a_file_that_opens_a_tab_of_its_own_arrives_too(desk: Desk) -> None:
    desk.site.put("/export", _attachment("invoices.csv"))
    await desk.show("<a href=/export target=_blank>Export</a>")

    file = await download(desk.page(), Download(target=EXPORT, path="out/mine.csv"))

    assert ("out/mine.csv", "invoices.csv") == (file.path, file.name)


async def test_a_name_cannot_lead_out_of_the_workspace(desk: Desk) -> None:
    desk.site.put("/export", _attachment("../../etc/passwd"))
    await desk.show("<a href=/export>Export</a>")

    file = await download(desk.page(), Download(target=EXPORT))

    assert "/" not in file.name
    assert file.path.startswith("downloads/")
    assert ".." not in file.path.split("/")


async def test_a_click_that_brings_no_file_is_told(desk: Desk) -> None:
    await desk.show("<a href=#nothing>Export</a>")

    with pytest.raises(PageError, match="no download began after a click on link 'Export'") as caught:
        await download(desk.page(4), Download(target=EXPORT))

    assert caught.value.acted is None


async def test_an_address_is_asked_for_its_file(desk: Desk) -> None:
    desk.site.put("/export", Answer(b"a;b", headers={"Content-Disposition": "attachment; filename=export.csv"}))
    await desk.show("text")

    downloaded = await download(desk.page(), Download(url="/export"))

    assert ("downloads/export.csv", b"a;b") == (downloaded.path, desk.content("downloads/export.csv"))


async def test_an_address_that_is_a_page_is_no_file(desk: Desk) -> None:
    await desk.show("text")

    with pytest.raises(PageError, match="is a page, not a file to download"):
        await download(desk.page(), Download(url="/"))


@pytest.mark.parametrize("params", [{}, {"target": "a", "url": "/"}])
def test_there_is_one_way_to_a_file(params: dict[str, str]) -> None:
    with pytest.raises(InvalidParamsError, match=r"target.*url"):
        download.read_params(params)
