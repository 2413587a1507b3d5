from __future__ import annotations

import pytest

from activities.nodes.browser.storage import Storage, storage
from tests.support.browser import Desk
from workflows.errors import PageError


@pytest.mark.parametrize("kind", ["local", "session"])
async def test_what_a_site_has_stored_is_read(desk: Desk, kind: str) -> None:
    await desk.show(f"<script>{kind}Storage.setItem('tour', 'seen')</script>")

    stored = await storage(desk.page(), Storage(kind=kind))

    assert {"tour": "seen"} == stored.entries


async def test_an_empty_tab_has_no_storage(desk: Desk) -> None:
    with pytest.raises(PageError, match="has no storage of its own; open a page of the site first"):
        await storage(desk.page(), Storage())
