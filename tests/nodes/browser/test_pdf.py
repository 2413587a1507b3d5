from __future__ import annotations

from activities.nodes.browser.pdf import Pdf, pdf
from tests.support.browser import Desk


async def test_a_page_is_printed_into_a_file_of_the_run(desk: Desk) -> None:
    await desk.show("<h1>Receipt</h1>")

    printed = await pdf(desk.page(), Pdf(path="receipt.pdf", landscape=True, margin="5mm"))

    content = desk.content("receipt.pdf")
    assert content.startswith(b"%PDF")
    assert ("receipt.pdf", len(content)) == (printed.path, printed.size)


async def test_without_a_path_it_has_a_name_of_its_own(desk: Desk) -> None:
    await desk.show("text")

    printed = await pdf(desk.page(), Pdf(pages="1", paper="A5"))

    assert printed.path.startswith("prints/")
