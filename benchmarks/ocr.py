"""How much of a page is read, and what reading it takes.

Run `python -m benchmarks.ocr`. Pages whose text is known are drawn, made worse as scanners and cameras do, and read in
this process with one thread, as a robot does. Errors are characters to add, take away or change, of all characters;
white space does not count.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import psutil
from PIL import Image, ImageFilter

from activities.formats.ocr.reading import read_scan
from activities.formats.ocr.sheets import Scan
from tests.support.office import errors, picture, png

GERMAN = [
    "Rechnung R-4711 vom 31.01.2026",
    "Müller & Söhne GmbH, Königstraße 5, 12345 Köln",
    "Zahlbar bis 14.02.2026 ohne Abzug",
    "Pos. 1  Füllfederhalter, 12 Stück\t1.190,00 €",
    "MwSt 19 %\t226,10 €",
    "Gesamtbetrag\t1.416,10 €",
    "IBAN DE89 3704 0044 0532 0130 00",
]
ENGLISH = [
    "Delivery note 2026-0042 of Miller & Sons Ltd.",
    "The quick brown fox jumps over the lazy dog",
    "Order no. PO-88/17-A\tqty 12",
    "Net weight\t3.75 kg",
    "Signed: J. O'Neill, 5 March 2026, 14:05",
]
FRENCH = [
    "Ça coûte déjà 5 % plus cher à l'hôtel",
    "Señor Ñandú pagó 1.250,40 € en ración",
    "Smørrebrød, fjällräven, æble",
]
PAGE = [*GERMAN, *ENGLISH, *FRENCH]
DENSE = [f"{number:02} {line}" for number, line in enumerate(PAGE * 3, start=1)]


def main() -> None:
    """Print a table."""
    sys.stdout.write("page                          errors  fields  seconds\n")
    for name, lines, page in pages():
        text, seconds = read(page)
        truth = "\n".join(lines)
        right = sum(line.rpartition("\t")[2] in text for line in lines)
        share = errors(text, truth) / len("".join(truth.split()))
        sys.stdout.write(f"{name:<28} {share:7.2%} {right:>3}/{len(lines):<3} {seconds:8.1f}\n")
    memory = psutil.Process().memory_info().rss / 2**20
    sys.stdout.write(f"memory: {memory:.0f} MiB\n")


def pages() -> Iterator[tuple[str, Sequence[str], Image.Image]]:
    """Pages by what was done to them."""
    yield "clean", PAGE, picture(PAGE)
    yield "scanned: 1.5 deg, noise", PAGE, picture(PAGE, angle=1.5, noise=0.25)
    yield "badly: -3 deg, more noise", PAGE, picture(PAGE, angle=-3, noise=0.4)
    yield "small print (8 pt, 200 dpi)", PAGE, picture(PAGE, size=22, noise=0.2)
    yield "tiny print (8 pt, 100 dpi)", PAGE, picture(PAGE, size=11)
    yield "blurred", PAGE, picture(PAGE).filter(ImageFilter.GaussianBlur(2))
    yield "faint (grey on grey)", PAGE, picture(PAGE).point([170 + value // 4 for value in range(256)])
    yield "poor JPEG (quality 10)", PAGE, _jpeg(picture(PAGE))
    yield "upside down", PAGE, picture(PAGE).rotate(180)
    yield "on its side", PAGE, picture(PAGE).rotate(90, expand=True)
    yield "dense: 45 lines, scanned", DENSE, picture(DENSE, size=26, angle=0.7, noise=0.25)


def read(page: Image.Image) -> tuple[str, float]:
    """The text of a page, and how long that took."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "page.png"
        path.write_bytes(png(page))
        started = time.perf_counter()
        text = read_scan(Scan(path, None, "page.png", None, 200), {}, least=0.5).text
    return text, time.perf_counter() - started


def _jpeg(page: Image.Image) -> Image.Image:
    buffer = BytesIO()
    page.save(buffer, "JPEG", quality=10)
    return Image.open(buffer)


if __name__ == "__main__":
    main()
