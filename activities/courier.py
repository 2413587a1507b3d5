"""What the platform needs in order to tell people something."""

from __future__ import annotations

from typing import Protocol

from workflows.notice import Channel, Delivery


class Courier(Protocol):
    """Brings notices to people on one channel."""

    @property
    def channel(self) -> Channel:
        """The channel's name, the same for as long as its settings are."""

    async def deliver(self, delivery: Delivery) -> None:
        """Bring a notice; one that is brought again can be told by its id.

        Raises:
            AetherError: it did not arrive, or nobody can tell.
        """
