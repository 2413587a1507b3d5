from __future__ import annotations

import pytest

from activities.nodes.browser.emulate import Emulate, emulate
from activities.nodes.browser.evaluate import Evaluate, evaluate
from activities.nodes.browser.goto import Goto, goto
from activities.sessions.profile import Geolocation, Viewport
from tests.support.browser import Desk
from workflows.errors import InvalidParamsError, PageError

HERE = "new Promise(done => navigator.geolocation.getCurrentPosition(at => done(at.coords.latitude), () => done('no')))"
MAY = "navigator.permissions.query({name: 'geolocation'}).then(asked => asked.state)"


async def test_pages_learn_where_they_are_if_they_may(desk: Desk) -> None:
    await desk.show("text")

    await emulate(
        desk.page(), Emulate(geolocation=Geolocation(latitude=52.5, longitude=13.4), permissions=("geolocation",))
    )

    assert 52.5 == (await evaluate(desk.page(), Evaluate(script=HERE))).value


async def test_permissions_are_taken_back(desk: Desk) -> None:
    await desk.show("text")
    await emulate(desk.page(), Emulate(permissions=("geolocation",)))
    granted = await evaluate(desk.page(), Evaluate(script=MAY))

    await emulate(desk.page(), Emulate(permissions=()))

    asked = await evaluate(desk.page(), Evaluate(script=MAY))
    assert ("granted", "granted") != (granted.value, asked.value)
    assert "granted" == granted.value


async def test_the_network_can_be_cut_off(desk: Desk) -> None:
    await desk.show("text")

    await emulate(desk.page(), Emulate(offline=True))

    with pytest.raises(PageError, match="this robot has no network"):
        await goto(desk.page(), Goto(url="/"))
    await emulate(desk.page(), Emulate(offline=False))
    assert 200 == (await goto(desk.page(), Goto(url="/"))).status


async def test_size_and_colours_change_under_an_open_page(desk: Desk) -> None:
    await desk.show("text")

    await emulate(desk.page(), Emulate(viewport=Viewport(width=500, height=400), color_scheme="dark"))

    dark = "matchMedia('(prefers-color-scheme: dark)').matches"
    seen = await evaluate(desk.page(), Evaluate(script=f"[innerWidth, {dark}]"))
    assert [500, True] == seen.value


@pytest.mark.parametrize("params", [{}, {"origin": "https://x.example", "offline": True}])
def test_there_must_be_something_to_change(params: dict[str, object]) -> None:
    with pytest.raises(InvalidParamsError):
        emulate.read_params(params)
