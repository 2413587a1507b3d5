from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from activities.nodes.ocr.read import read
from tests.support.office import errors, pdf, picture, png
from tests.support.steps import Steps, failure_of

pytest.importorskip("rapidocr", reason="needs the extra 'ocr'")

INVOICE = [
    "Rechnung R-4711 vom 31.01.2026",
    "Müller & Söhne GmbH, Königstraße 5",
    "Netto\t1.190,00 €",
    "MwSt 19 %\t226,10 €",
    "Gesamtbetrag\t1.416,10 €",
    "IBAN DE89 3704 0044 0532 0130 00",
    "Ça coûte déjà 5 % plus cher, señor Ñandú",
]
MOST_ERRORS = 0.02
"""Of all characters."""


@pytest.mark.parametrize(
    ("angle", "noise"), [(0.0, 0.0), (1.5, 0.25), (-3.0, 0.35)], ids=["clean", "scanned", "badly scanned"]
)
async def test_nearly_every_character_of_a_scan_is_read(steps: Steps, angle: float, noise: float) -> None:
    await steps.put("a.png", png(picture(INVOICE, angle=angle, noise=noise)))

    output = await steps.do(read, {"path": "a.png", "fields": {"total": r"Gesamtbetrag\s+([\d.,]+)"}}, timeout=60.0)

    truth = "\n".join(INVOICE)
    assert errors(output["text"], truth) <= MOST_ERRORS * len(truth)
    assert {"total": "1.416,10"} == output["fields"]
    assert output["confidence"] > 0.9


@pytest.mark.parametrize("turn", [90, 180])
async def test_a_page_that_lies_on_its_side_or_upside_down_is_turned(steps: Steps, turn: int) -> None:
    page = picture(["Receipt", "Net\t100,00", "Total\t119,00"]).rotate(turn, expand=True)
    await steps.put("a.png", png(page))

    output = await steps.do(read, {"path": "a.png"}, timeout=60.0)

    [sheet] = output["pages"]
    assert ("Receipt\nNet\t100,00\nTotal\t119,00", turn) == (output["text"], sheet["turned"])
    assert sheet["width"] > sheet["height"]


async def test_lines_say_where_they_are(steps: Steps) -> None:
    await steps.put("a.png", png(picture(["Left\tRight"])))

    [sheet] = (await steps.do(read, {"path": "a.png"}, timeout=60.0))["pages"]

    left, right = sheet["lines"]
    assert ["Left", "Right"] == [left["text"], right["text"]]
    assert (1200, True, True) == (sheet["width"], abs(left["left"] - 60) < 20, right["left"] + right["width"] > 1100)


async def test_pages_of_pdf_files_and_of_scans_are_read(steps: Steps, tmp_path: Path) -> None:
    await steps.put("a.pdf", pdf(["first"], ["second page"]))
    scan = tmp_path / "a.tiff"
    picture(["one"]).save(scan, save_all=True, append_images=[picture(["two"])])
    await steps.put("a.tiff", scan)

    drawn = await steps.do(read, {"path": "a.pdf", "pages": "2"}, timeout=60.0)
    scanned = await steps.do(read, {"path": "a.tiff", "pages": "2"}, timeout=60.0)

    assert ["second page", "two"] == [drawn["text"], scanned["text"]]
    assert [2, 2] == [drawn["pages"][0]["page"], scanned["pages"][0]["page"]]


async def test_an_empty_page_says_nothing(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("L", (200, 200), 255)))

    output = await steps.do(read, {"path": "a.png"}, timeout=60.0)

    assert ("", None, []) == (output["text"], output["confidence"], output["pages"][0]["lines"])


async def test_a_picture_with_more_pixels_than_a_robot_can_hold_is_refused(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("1", (10_000, 6_000))))

    error = await failure_of(steps.do(read, {"path": "a.png"}))

    assert "'a.png' has 10000 x 6000 pixels, more than the 50000000" in error.message


async def test_what_is_neither_a_picture_nor_a_pdf_file_is_a_business_error(steps: Steps) -> None:
    await steps.put("a.png", b"text")

    error = await failure_of(steps.do(read, {"path": "a.png"}))

    assert ("business", True) == (error.kind, "'a.png' is no picture" in error.message)


async def test_a_reading_that_takes_too_long_ends_and_the_next_one_begins_anew(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(*[["some text on the page"]] * 20))

    error = await failure_of(steps.do(read, {"path": "a.pdf"}, timeout=0.2))
    output = await steps.do(read, {"path": "a.pdf", "pages": "1", "dpi": 100}, timeout=60.0)

    assert ("StepTimeoutError", "some text on the page") == (error.type, output["text"])
