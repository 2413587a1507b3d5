"""The platform's own worker for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from temporalio.client import Client

from activities.secrets import Mask
from workers.fixing import Fixer
from workers.notifying import Messenger
from workers.platform import platform
from workers.sweeping import Broom


@asynccontextmanager
async def serving(client: Client) -> AsyncIterator[None]:
    """Have a platform that tells nobody."""
    messenger = Messenger(client, {}, timedelta(minutes=1), Mask(), lambda _: None)
    async with platform(client, messenger, Broom(client, messenger), Fixer(client)):
        yield
