"""What steps have set up in a session is had again on another robot, with its cookies and its page."""

from __future__ import annotations

import dataclasses

from activities.drivers.playwright.mark import Marks
from activities.nodes.browser.block import Block, block
from activities.nodes.browser.click import Click, click
from activities.nodes.browser.emulate import Emulate, emulate
from activities.nodes.browser.evaluate import Evaluate, evaluate
from activities.nodes.browser.mock import Mock, mock
from activities.nodes.browser.on_dialog import OnDialog, on_dialog
from activities.sealing import Seal
from activities.sessions.profile import Geolocation
from tests.support.browser import Desk
from workflows.call import Checkpoint
from workflows.spec import Effect

HERE = "new Promise(done => navigator.geolocation.getCurrentPosition(at => done(at.coords.latitude), () => done('no')))"


async def test_dialogs_requests_and_surroundings_are_as_they_were(desk: Desk) -> None:
    marks = Marks(desk.host, desk.store, Seal(bytes(32)))
    await desk.show("<button onclick=\"document.title = confirm('Delete?')\">Delete</button>")
    opened = await marks.left(desk.call("browser.open", Effect.READ))
    await on_dialog(desk.page(), OnDialog(answer="accept"))
    await mock(desk.page(), Mock(url="/rates", json_={"EUR": 1}))
    await block(desk.page(), Block(urls=("/ads",)))
    here = Geolocation(latitude=52.5, longitude=13.4)
    await emulate(desk.page(), Emulate(geolocation=here, permissions=("geolocation",)))

    left = await marks.left(desk.call("browser.emulate"))
    assert opened is not None
    assert left is not None
    other = dataclasses.replace(desk, session="other")
    await desk.host.open("other", restored=await marks.restored(Checkpoint(url=opened.url, storage=left.storage)))
    await click(other.page(), Click(target="button"))
    fetched = await evaluate(other.page(), Evaluate(script="fetch('/rates').then(answer => answer.json())"))
    blocked = await evaluate(other.page(), Evaluate(script="fetch('/ads').then(() => 'got', () => 'blocked')"))
    place = await evaluate(other.page(), Evaluate(script=HERE))
    title = await other.title()
    await desk.host.close("other")

    assert ("fresh", "same") == (opened.document, left.document)
    assert ("true", {"EUR": 1}, "blocked", 52.5) == (title, fetched.value, blocked.value, place.value)
