"""Films of sessions: what is on them, and what must not be."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from activities.artifacts import LocalArtifactStore
from activities.drivers.playwright.evidence import Witness
from activities.drivers.playwright.film import Films
from activities.evidence import EvidenceStore, Videos
from activities.nodes.browser.fill import fill
from activities.sealing import Seal
from activities.secrets import Mask
from activities.sessions.browser import Condition
from tests.support.browser import Desk
from tests.support.steps import Steps
from workers.providers import browser_provider
from workflows.call import SecretRef, SecretSlot


@pytest.fixture
def mask() -> Mask:
    return Mask()


@pytest.fixture
def films(tmp_path: Path, mask: Mask) -> Films:
    return Films(videos(tmp_path), mask, largest=10_000_000)


def videos(directory: Path) -> Videos:
    return Videos(directory / "evidence", Seal(bytes(32)))


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """What a player reads: names and contents, those in lists too."""
    place = 0
    while place < len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        inside = content[place + 8 : place + 8 + length]
        assert len(inside) == length, "cut off"
        if name in {b"RIFF", b"LIST"}:
            yield from chunks(inside[4:])
        else:
            yield name, inside
        place += 8 + length + length % 2


def pictures(film: bytes) -> list[bytes]:
    return [content for name, content in chunks(film) if name == b"00dc" and content]


async def test_a_film_shows_what_the_tab_in_front_showed(desk: Desk, films: Films, tmp_path: Path) -> None:
    session = desk.host.find(desk.session)
    async with films.filming(session, "run-1"):
        for number, colour in enumerate(("red", "blue", "lime")):
            await show_until_filmed(desk, colour, path=f"/{number}")

    [film] = await videos(tmp_path).of("run-1")
    facts = dict(chunks(film))
    (_, _, _, _, count, _, _, _, width, height) = struct.unpack_from("<10I", facts[b"avih"])
    frames = [content for name, content in chunks(film) if name == b"00dc"]
    assert (1280, 800) == (width, height)
    assert count == len(frames) == len(facts[b"idx1"]) // 16
    assert ["red", "blue", "lime"] == [
        colour for colour, _ in groupby(await colours(desk, pictures(film))) if colour != "white"
    ]
    assert [] == await videos(tmp_path).of("run-2")


async def test_nothing_is_filmed_where_a_secret_was_used(desk: Desk, films: Films, mask: Mask, tmp_path: Path) -> None:
    (tmp_path / "steps").mkdir()
    store = EvidenceStore(LocalArtifactStore(tmp_path / "evidence"), Seal(bytes(32)))
    witness = Witness(desk.host, store)
    steps = Steps(tmp_path / "steps", browser_provider(desk.host, witness=witness), secrets={"password": "hunter2"})
    slots = (SecretSlot(path=("value",), parts=(SecretRef(secret="password"),)),)
    mask.register("hunter2")
    async with films.filming(desk.host.find(desk.session), "run"):
        await show_until_filmed(desk, "red", "<input oninput='document.body.style.background = `blue`'>")
        await steps.do(fill, {"target": "input", "value": None}, slots=slots, session=desk.grant)
        await show_until_filmed(desk, "lime", path="/next")

    [film] = await videos(tmp_path).of("run")
    assert {"red", "lime"} == set(await colours(desk, pictures(film))) - {"white"}


async def test_what_shows_a_secret_by_itself_is_not_filmed(
    desk: Desk, films: Films, mask: Mask, tmp_path: Path
) -> None:
    mask.register("hunter2")
    async with films.filming(desk.host.find(desk.session), "run"):
        await show_until_filmed(desk, "red")
        await desk.show("<style>html { background: blue }</style>Your password is hunter2", path="/shown")
        await desk.page().meets(Condition(text="hunter2"))

    [film] = await videos(tmp_path).of("run")
    assert {"red"} == set(await colours(desk, pictures(film))) - {"white"}


async def test_a_film_that_gets_too_large_loses_every_other_picture(desk: Desk, tmp_path: Path) -> None:
    films = Films(videos(tmp_path), Mask(), largest=40_000)
    async with films.filming(desk.host.find(desk.session), "run"):
        for number in range(6):
            await desk.show(
                f"<style>html {{ background: repeating-linear-gradient(red, blue {number + 3}px) }}</style>"
            )
            await asyncio.sleep(0.25)  # a picture is taken every 200 ms

    kept = await videos(tmp_path).of("run")
    assert sum(len(picture) for film in kept for picture in pictures(film)) <= 40_000


async def show_until_filmed(desk: Desk, colour: str, html: str = "", *, path: str = "/") -> None:
    """Show a page of one colour until it is on the film."""
    film = desk.host.find(desk.session).film
    assert film is not None
    await desk.show(f"<style>html {{ background: {colour} }}</style>{html}", path=path)
    async with asyncio.timeout(60):
        while [colour] != await colours(desk, film.pictures[-1:]):
            await asyncio.sleep(0.05)
            await desk.page().evaluate("() => document.body.append('.')", None, None)  # it is filmed as it is drawn


async def colours(desk: Desk, pictures: Sequence[bytes]) -> list[str]:
    """The colour in the corner of each picture, as a browser sees it."""
    front = desk.host.find(desk.session).front
    assert front is not None
    seen: list[str] = await front.evaluate(
        """async pictures => {
          const colours = [];
          for (const picture of pictures) {
            const image = new Image();
            image.src = 'data:image/jpeg;base64,' + picture;
            await image.decode();
            const canvas = new OffscreenCanvas(1, 1).getContext('2d');
            canvas.drawImage(image, 1 - image.width, 1 - image.height);
            const bits = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => part > 127 ? 1 : 0).join('');
            colours.push({'100': 'red', '001': 'blue', '010': 'lime', '111': 'white'}[bits] || bits);
          }
          return colours;
        }""",
        [base64.b64encode(picture).decode() for picture in pictures],
    )
    return seen
