"""A robot's desktops count as its browsers do, and tell what they were when a step fails."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from temporalio.client import Client

from activities.artifacts import LocalArtifactStore
from activities.drivers.desktop.host import DesktopHost
from activities.evidence import EvidenceStore
from activities.sealing import Seal
from activities.secrets import Mask
from activities.sessions.control import Control
from activities.sessions.desktop import Launch, Rect
from tests.support.desktops import needs
from tests.support.doomed_desktop import desktop, host
from tests.support.eventually import eventually
from tests.support.inn import inn
from tests.support.journey import Journey
from workers.desktops import desktop_provider
from workflows.call import SecretRef, SecretSlot, SessionGrant, StepCall
from workflows.errors import StaleLeaseError
from workflows.spec import Effect

pytestmark = needs("zenity")

ENTRY = Control(control_type="Edit")
ENTERING = Launch("zenity", ["--entry", "--text", "Number of the invoice"])
SLOT = SecretSlot(path=("value",), parts=(SecretRef(secret="portal"),))


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DesktopHost]:
    async with host(tmp_path_factory.mktemp("shared")) as robot:
        await robot.open("one", lease=2)
        await desktop(robot, "one").launch(ENTERING, "box")
        yield robot


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(LocalArtifactStore(tmp_path), Seal(bytes(32)))


def step(*, lease: int = 2, session: str = "one", secrets: tuple[SecretSlot, ...] = ()) -> StepCall:
    grant = SessionGrant(id=session, robot="robot", capability="desktop", lease=lease)
    return StepCall(
        run="run", document="test", step="enter", place="enter", attempt=1, key="key", effect=Effect.IDEMPOTENT,
        timeout=10.0, session=grant, secrets=secrets,
    )  # fmt: skip


async def evidence(robot: DesktopHost, store: EvidenceStore, call: StepCall, mask: Mask) -> dict[str, bytes]:
    """What a step that has failed leaves behind."""
    provider = desktop_provider(robot, store)
    assert provider.evidence is not None
    with mask.worn():
        with pytest.raises(TimeoutError):
            async with provider.open(call, None):
                raise TimeoutError
        return {kind: await store.read(entry) async for kind, entry in provider.evidence(call)}


def colours(picture: bytes, rect: Rect) -> set[object]:
    """What is to be seen at a place, well inside of it."""
    with Image.open(io.BytesIO(picture)) as image:
        inner = image.crop((rect.x + 4, rect.y + 4, rect.x + rect.width - 4, rect.y + rect.height - 4))
        return {colour for _, colour in inner.convert("RGB").getcolors(2**24) or ()}


async def test_browsers_and_desktops_share_the_places_of_a_robot(client: Client, tmp_path: Path) -> None:
    async with inn(client, tmp_path, desktops=host(tmp_path / "memos")) as robot:
        working = await robot.arrive(capability="desktop")
        waiting = await robot.ask(capability="browser")
        before = robot.keeper.statistics()

        await working.signal(Journey.leave)
        await waiting.execute_update(Journey.opened)

        await eventually(lambda: robot.keeper.statistics().closed == 1)
        assert (1, 0, 1) == (before.used, before.free, before.opened)
        assert 2 == robot.keeper.statistics().opened
        await waiting.signal(Journey.leave)
        assert ["Cancelled", "Cancelled"] == [await working.result(), await waiting.result()]


async def test_a_step_of_another_lease_gets_no_desktop(shared: DesktopHost) -> None:
    lend = desktop_provider(shared).open

    with pytest.raises(StaleLeaseError, match="the desktop session 'one' is held with lease 2; this step came with 1"):
        async with lend(step(lease=1), None):
            pass


async def test_a_step_that_fails_shows_the_desktop_without_secrets(shared: DesktopHost, store: EvidenceStore) -> None:
    mask = Mask()
    mask.register("hunter2-hunter2")
    await desktop(shared, "one").set_value(ENTRY, "hunter2-hunter2")
    place = await desktop(shared, "one").rect(ENTRY)

    found = await evidence(shared, store, step(), mask)

    source = found["source"].decode()
    assert "Text &#x27;Number of the invoice&#x27;" in source
    assert "Edit" in source
    assert "hunter2" not in source
    assert {(0, 0, 0)} == colours(found["screenshot"], place)
    assert {(0, 0, 0)} != colours(found["screenshot"], Rect(0, 0, 1280, 800))


async def test_half_a_secret_is_shown_nowhere(shared: DesktopHost, store: EvidenceStore) -> None:
    await shared.open("two", lease=2)
    await desktop(shared, "two").launch(ENTERING, "box")
    await desktop(shared, "two").set_value(ENTRY, "hunt")

    failing = await evidence(shared, store, step(session="two", secrets=(SLOT,)), Mask())
    later = await evidence(shared, store, step(session="two"), Mask())

    assert [{"source"}, {"source"}] == [{*failing}, {*later}]
    assert b"hunt" not in failing["source"] + later["source"]
