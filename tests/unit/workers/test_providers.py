from __future__ import annotations

from activities.drivers.database.databases import Databases
from activities.drivers.files import files_provider
from activities.provider import Provider
from activities.sessions.files import Workspace
from tests.support.steps import KnownSecrets
from workers.providers import Offers, closing


async def test_what_a_robot_keeps_between_steps_is_given_back_at_its_end() -> None:
    given_back = []

    async def give_back() -> None:
        given_back.append("files")

    files = files_provider()
    keeping: Provider[Workspace] = Provider(files.capability, files.open, close=give_back)
    offers = Offers((files, keeping, Databases({}, KnownSecrets()).provider()))

    async with closing(offers):
        assert [] == given_back

    assert ["files"] == given_back
