from __future__ import annotations

from io import BytesIO

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from activities.nodes.pdf.render import render
from tests.support.office import pdf
from tests.support.steps import Steps, failure_of


async def test_pages_become_pictures_as_fine_as_wanted(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["one"], ["two"]))

    output = await steps.do(render, {"path": "a.pdf", "pages": "2", "dpi": 72, "to": "p/{page}.png"})

    assert {"pictures": [{"path": "p/2.png", "page": 2, "width": 596, "height": 842}], "count": 1} == output
    picture = Image.open(BytesIO(await steps.content("p/2.png")))
    assert ((596, 842), (255, 255, 255)) == (picture.size, picture.getpixel((5, 5)))
    assert min(picture.convert("L").tobytes()) < 100


async def test_a_page_that_would_take_all_memory_is_refused(steps: Steps) -> None:
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=(14_400, 14_400))
    sheet.drawString(0, 0, "a")
    sheet.save()
    await steps.put("a.pdf", buffer.getvalue())

    error = await failure_of(steps.do(render, {"path": "a.pdf", "dpi": 72}))

    assert "page 1 of 'a.pdf' has 14400 x 14400 pixels at 72 dpi" in error.message
