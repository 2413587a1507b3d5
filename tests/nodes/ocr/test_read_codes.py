from __future__ import annotations

from io import BytesIO

import pytest
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.eanbc import Ean13BarcodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

from activities.nodes.ocr.read_codes import read_codes
from tests.support.office import label, picture, png
from tests.support.steps import Steps

pytest.importorskip("rapidocr", reason="needs the extra 'ocr'")


async def test_a_qr_code_says_its_text_and_its_place(steps: Steps) -> None:
    await steps.put("a.png", label())

    [code] = (await steps.do(read_codes, {"path": "a.png"}, timeout=60.0))["codes"]

    assert ("qr", "R-4711", 1) == (code["kind"], code["text"], code["page"])
    assert all(80 <= code[side] <= 140 for side in ("left", "top"))


async def test_a_bar_code_on_a_page_of_a_pdf_file_is_read(steps: Steps) -> None:
    buffer = BytesIO()
    sheet, drawing = Canvas(buffer), Drawing(200, 100)
    sheet.showPage()
    drawing.add(Ean13BarcodeWidget("4006381333931"))
    renderPDF.draw(drawing, sheet, 100, 500)
    sheet.save()
    await steps.put("a.pdf", buffer.getvalue())

    [code] = (await steps.do(read_codes, {"path": "a.pdf"}, timeout=60.0))["codes"]

    assert ("bar", "4006381333931", 2) == (code["kind"], code["text"], code["page"])


async def test_text_is_no_code(steps: Steps) -> None:
    await steps.put("a.png", png(picture(["text"])))

    assert 0 == (await steps.do(read_codes, {"path": "a.png"}, timeout=60.0))["count"]
