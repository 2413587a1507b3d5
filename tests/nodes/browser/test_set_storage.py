from __future__ import annotations

import pytest

from activities.nodes.browser.set_storage import SetStorage, set_storage
from activities.nodes.browser.storage import Storage, storage
from tests.support.browser import Desk


@pytest.mark.parametrize("kind", ["local", "session"])
async def test_entries_are_set_and_removed(desk: Desk, kind: str) -> None:
    await desk.show(f"<script>{kind}Storage.setItem('old', '1'); {kind}Storage.setItem('kept', '2')</script>")

    done = await set_storage(desk.page(), SetStorage(kind=kind, entries={"old": None, "new": "3"}))

    assert 2 == done.count
    assert {"kept": "2", "new": "3"} == (await storage(desk.page(), Storage(kind=kind))).entries
