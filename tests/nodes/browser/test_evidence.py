"""What steps that fail leave behind, for real: pictures, sources, consoles and traces, without secrets."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.artifacts import LocalArtifactStore
from activities.drivers.playwright.evidence import Witness
from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.drivers.playwright.trace import Trace
from activities.evidence import EvidenceStore
from activities.nodes.browser.click import click
from activities.nodes.browser.exists import exists
from activities.nodes.browser.expect import expect
from activities.nodes.browser.fill import fill
from activities.nodes.browser.open import open as open_page
from activities.nodes.browser.read import read
from activities.sealing import Seal
from tests.support.browser import Desk
from tests.support.leaks import leaks
from tests.support.steps import Steps, failure_of
from workers.providers import browser_provider
from workflows.call import FileEntry, SecretRef, SecretSlot

SECRET = 'S3cr&t/"quoted"+ü 100%'
PASSWORD = (SecretSlot(path=("value",), parts=(SecretRef(secret="password"),)),)

LOGIN = """
<form action="/in" method=post><label>User <input name=user></label>
<label>Password <input type=password name=password oninput="
  out.textContent = this.value; box.value = this.value; console.log('typed ' + this.value);
  link.href = '/x?p=' + encodeURIComponent(this.value); link.title = btoa(unescape(encodeURIComponent(this.value)));
  fetch('/nowhere?p=' + encodeURIComponent(this.value));
"></label>
<input id=box> <p>It is <b id=out></b>.</p> <a id=link>Link</a> <button>Log in</button></form>
"""


class Kept:
    """The evidence of an installation."""

    def __init__(self, directory: Path, desk: Desk, secret: str = SECRET, *, patience: float = 30) -> None:
        self.store = EvidenceStore(LocalArtifactStore(directory / "evidence"), Seal(bytes(32)))
        witness = Witness(desk.host, self.store, patience=timedelta(seconds=patience))
        look = timedelta(seconds=2 * patience)
        self.steps = Steps(
            directory, browser_provider(desk.host, witness=witness), secrets={"password": secret}, look=look
        )
        self.session = desk.grant

    async def failed(self, node: Any, params: Mapping[str, Any], **facts: Any) -> dict[str, bytes]:
        """Have a step fail, and read what it left."""
        usual = {"session": self.session, "timeout": 1.5, "known": ("password",)}
        error = await failure_of(self.steps.do(node, params, **(usual | facts)))
        return await self.read(error.evidence)

    async def read(self, entries: Mapping[str, FileEntry]) -> dict[str, bytes]:
        return {kind: await self.store.read(entry) for kind, entry in entries.items()}


@pytest.fixture
def kept(desk: Desk, tmp_path: Path) -> Kept:
    (tmp_path / "kept").mkdir()
    return Kept(tmp_path / "kept", desk)


def contents(trace: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(trace)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def events(trace: bytes) -> list[dict[str, Any]]:
    """What a trace viewer reads first."""
    files = contents(trace)
    assert {"trace.trace", "trace.network"} <= files.keys()
    return [json.loads(line) for line in files["trace.trace"].splitlines()]


async def test_a_step_that_fails_leaves_picture_source_console_and_trace(desk: Desk, kept: Kept) -> None:
    await desk.show("<h1>Orders</h1><script>console.warn('slow'); fetch('/gone')</script>", path="/orders")

    evidence = await kept.failed(click, {"target": {"role": "button", "name": "Pay"}}, place="all[3].pay")

    assert ["console", "screenshot", "source", "trace"] == list(evidence)
    assert evidence["screenshot"].startswith(b"\x89PNG")
    assert b"<h1>Orders</h1>" in evidence["source"]
    console = json.loads(evidence["console"])
    assert desk.site.url("/orders") == console["url"]
    assert ["slow"] == [message["text"] for message in console["console"] if message["kind"] == "warning"]
    assert [404] == [request["status"] for request in console["requests"] if request["url"].endswith("/gone")]
    options, *rest = events(evidence["trace"])
    assert ("context-options", "all[3].pay") == (options["type"], options["title"])
    assert "frame-snapshot" in {event["type"] for event in rest}


async def test_a_step_about_a_tab_behind_shows_that_one(desk: Desk, kept: Kept) -> None:
    desk.site.page("/rates", "<h1>Rates</h1>")
    await desk.show("<h1>Portal</h1>")
    await desk.page().open_tab("rates", desk.site.url("/rates"))

    evidence = await kept.failed(click, {"target": "#gone", "page": "main"})

    assert b"<h1>Portal</h1>" in evidence["source"]
    assert desk.site.url() == json.loads(evidence["console"])["url"]


async def test_the_trace_shows_what_was_tried_from_the_moment_on_that_it_did_not_work(desk: Desk, kept: Kept) -> None:
    await desk.show("<button disabled>Pay</button>")

    evidence = await kept.failed(click, {"target": {"role": "button", "name": "Pay"}})

    tried = [event for event in events(evidence["trace"]) if event["type"] == "before" and event["method"] == "click"]
    assert [True] == [event["params"]["trial"] for event in tried]


async def test_a_step_that_fails_at_once_has_a_trace_of_how_its_page_was_left(desk: Desk, kept: Kept) -> None:
    await desk.show("<button>Pay</button><button>Pay</button>")

    evidence = await kept.failed(click, {"target": {"role": "button", "name": "Pay"}})

    assert "frame-snapshot" in {event["type"] for event in events(evidence["trace"])}


async def test_a_step_that_goes_well_leaves_nothing_and_is_not_traced(desk: Desk, kept: Kept) -> None:
    await desk.show("<button>Pay</button>")

    outcome = await kept.steps.outcome(click, {"target": {"role": "button"}}, session=desk.grant)

    assert {} == outcome.evidence
    assert desk.host.find(desk.session).watch.idle


async def test_nothing_is_traced_any_more_after_a_step_that_had_to_wait(desk: Desk, kept: Kept) -> None:
    await desk.show("<script>setTimeout(() => { document.body.append('Pay') }, 1200)</script>")

    assert {"exists": True} == await kept.steps.do(
        exists, {"target": {"text": "Pay"}, "timeout": "5s"}, session=desk.grant
    )
    assert desk.host.find(desk.session).watch.idle


async def test_every_step_leaves_evidence_where_a_document_wants_it(desk: Desk, kept: Kept) -> None:
    desk.site.page("/styled", "<link rel=stylesheet href=/style.css><button>Pay</button>")
    facts: dict[str, Any] = {"session": desk.grant, "evidence": "all"}

    opened = await kept.steps.outcome(open_page, {"url": desk.site.url("/styled")}, place="open", **facts)
    clicked = await kept.steps.outcome(click, {"target": {"role": "button"}}, place="pay", **facts)

    first, second = await kept.read(opened.evidence), await kept.read(clicked.evidence)
    assert ["console", "screenshot", "source", "trace"] == list(first) == list(second)
    assert ["open", "pay"] == [events(each["trace"])[0]["title"] for each in (first, second)]
    assert b"/style.css" in contents(second["trace"])["trace.network"], "what an earlier step loaded is there"


async def test_no_evidence_is_left_where_a_document_wants_none(desk: Desk, kept: Kept) -> None:
    await desk.show("<button>Pay</button>")

    assert {} == await kept.failed(click, {"target": "#gone"}, evidence="off")


async def test_a_page_that_hangs_delays_nobody_and_its_console_is_kept(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    kept = Kept(tmp_path / "kept", desk, patience=1)
    await desk.show("<button>Pay</button>")
    await desk.hang()
    started = time.monotonic()

    evidence = await kept.failed(read, {"target": {"role": "button"}}, timeout=1.0)

    assert time.monotonic() - started < 60.0, (
        "the page hangs for ever; a second is the step's, and three are for a look"
    )
    assert "console" in evidence
    assert "trace" not in evidence


async def test_a_session_that_is_lost_leaves_what_its_console_said(desk: Desk, kept: Kept) -> None:
    await desk.show("<script>console.error('about to crash')</script>")
    desk.host.find(desk.session).lose("a page crashed")

    evidence = await kept.failed(click, {"target": "#gone"})

    console = json.loads(evidence["console"])
    assert ["console"] == list(evidence)
    assert "a page crashed" == console["lost"]
    assert "about to crash" in [message["text"] for message in console["console"]]


async def test_no_evidence_holds_a_secret_however_it_is_written(desk: Desk, kept: Kept) -> None:
    """The page shows it, sends it, keeps it in its address and writes it to its console."""
    desk.site.page("/in", "<h1>Welcome</h1><button>Pay</button>")
    await desk.show(LOGIN)
    typed = await kept.failed(fill, {"target": {"label": "Passwort"}, "value": None}, slots=PASSWORD)
    await kept.steps.do(
        fill, {"target": {"label": "Password"}, "value": None}, slots=PASSWORD, session=desk.grant, known=("password",)
    )
    shown = await kept.failed(click, {"target": "#gone"})
    looked = await kept.failed(expect, {"target": "#out", "text": "nothing"}, attempt=2)
    await kept.steps.do(click, {"target": {"role": "button"}}, session=desk.grant, known=("password",))
    inside = await kept.failed(click, {"target": "#gone"})

    pieces: dict[str, bytes] = {}
    for name, evidence in {"typed": typed, "shown": shown, "looked": looked, "inside": inside}.items():
        pieces |= {f"{name} {kind}": content for kind, content in evidence.items()}
        assert {"console", "screenshot", "source"} <= evidence.keys()
    unpacked = pieces | contents(inside["trace"])
    assert [] == leaks(SECRET, unpacked)
    assert [False, False, False, True] == ["trace" in each for each in (typed, shown, looked, inside)]
    assert b'It is <b id="out">***</b>' in shown["source"]
    assert b"Welcome" in inside["source"]


async def test_a_trace_that_holds_a_secret_after_all_is_not_kept(desk: Desk, kept: Kept) -> None:
    """The next document shows what was typed in the one before."""
    desk.site.page("/in", f"<p>Your password is {SECRET}</p>")
    await desk.show("<a href=/in>Log in</a>")
    await kept.steps.do(click, {"target": "a"}, session=desk.grant)

    evidence = await kept.failed(click, {"target": "#gone"})

    assert ["console", "screenshot", "source"] == list(evidence)
    assert b"Your password is ***" in evidence["source"]


async def test_a_trace_in_which_a_page_signs_in_with_a_short_secret_is_not_kept(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    kept = Kept(tmp_path / "kept", desk, secret="hunter")
    await desk.show("<button>Pay</button>")
    front = desk.host.find(desk.session).front
    assert front is not None
    await front.evaluate(
        "() => { setInterval(() => fetch('/x', {headers: {'x': 'Basic ' + btoa('me:hunter')}}), 100) }"
    )

    evidence = await kept.failed(click, {"target": "#gone"})

    assert ["console", "screenshot", "source"] == list(evidence)


async def test_what_shows_a_secret_is_covered_on_the_picture_and_nothing_else(desk: Desk, kept: Kept) -> None:
    style = "style='position: absolute; left: 0; width: 600px; height: 100px; font: 60px monospace; border: 0; top:"
    await desk.show(
        f"<div {style} 0'>S3cr<b>&amp;t/\"quo</b>ted\"+ü 100%</div><div {style} 200px'>harmless</div>"
        f"<input {style} 400px' value='S3cr&amp;t/&quot;quoted&quot;+ü 100%'>"
    )

    picture = (await kept.failed(click, {"target": "#gone"}))["screenshot"]

    assert [True, False, True] == await solid(desk, picture, (20, 220, 420))


async def solid(desk: Desk, picture: bytes, heights: tuple[int, ...]) -> list[bool]:
    """Whether the stripes of a picture that begin there have one colour, as a browser sees it."""
    front = desk.host.find(desk.session).front
    assert front is not None
    looked: list[bool] = await front.evaluate(
        """async ([picture, heights]) => {
          const image = new Image();
          image.src = 'data:image/png;base64,' + picture;
          await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
          canvas.drawImage(image, 0, 0);
          return heights.map(top => {
            const pixels = new Uint32Array(canvas.getImageData(10, top, 400, 60).data.buffer);
            return pixels.every(pixel => pixel === pixels[0]);
          });
        }""",
        [base64.b64encode(picture).decode(), heights],
    )
    return looked


async def test_what_is_recorded_lies_in_a_folder_of_its_own_until_it_ends(tmp_path: Path) -> None:
    folder = tmp_path / "traces"
    async with BrowserHost(BrowserSettings(traces=folder)) as host:
        one, other, third = [await host.open(name) for name in ("one", "other", "never traced")]
        first, second = Trace(one.context, folder), Trace(other.context, folder)
        await first.begin("first")
        await second.begin("second")
        assert await recorded(folder)

        await third.close()
        await second.end()
        await first.end(tmp_path / "trace.zip")

        assert "first" == events(await asyncio.to_thread((tmp_path / "trace.zip").read_bytes))[0]["title"]
        assert [] == await recorded(folder)


async def recorded(folder: Path) -> list[Path]:
    return await asyncio.to_thread(lambda: [path for path in folder.rglob("*") if path.is_file()])
