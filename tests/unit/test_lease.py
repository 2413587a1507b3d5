"""The right to act in a session, by the clock."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from activities.lease import Lease, now

LONG = timedelta(seconds=60)
SHORT = timedelta(milliseconds=20)


async def test_a_lease_that_is_not_renewed_ends_by_itself_and_says_why() -> None:
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    lease = Lease(ended.set_result)

    lease.renew(since=now(), patience=SHORT)

    assert "no word from Temporal for 0.02 s" in await asyncio.wait_for(ended, 5)


async def test_a_lease_renewed_in_time_does_not_end() -> None:
    reasons: list[str] = []
    lease, other = Lease(reasons.append), asyncio.Event()
    lease.renew(since=now(), patience=SHORT)

    lease.renew(since=now(), patience=LONG)
    Lease(lambda _: other.set()).renew(since=now(), patience=2 * SHORT)
    await other.wait()
    lease.check()

    assert [] == reasons


async def test_a_lease_begins_without_limit() -> None:
    reasons: list[str] = []

    Lease(reasons.append).check()

    assert [] == reasons


async def test_what_counts_is_when_a_renewal_was_asked_for() -> None:
    reasons: list[str] = []
    lease = Lease(reasons.append)

    lease.renew(since=now() - LONG.total_seconds(), patience=LONG)
    lease.check()

    assert 1 == len(reasons)
