from __future__ import annotations

import os
from datetime import UTC, datetime

from activities.nodes.process import list as list_node
from tests.nodes.process.conftest import NAME, Begin
from tests.support.steps import Steps


async def test_programs_are_listed_with_what_they_are(steps: Steps, begin: Begin) -> None:
    first, second = begin(), begin()

    listed = await steps.do(list_node.list_processes, {"name": "nap-of-the-office-*"})

    ours = [each for each in listed["processes"] if each["name"] == NAME]
    assert [first.pid, second.pid] == [each["pid"] for each in ours]
    assert {first.username()} == {each["user"] for each in ours}
    assert all(each["memory"] > 0 for each in ours)
    assert 60 > (datetime.now(UTC) - datetime.fromisoformat(ours[0]["started"])).total_seconds()


async def test_all_programs_are_listed_without_what_they_were_told(steps: Steps) -> None:
    listed = await steps.do(list_node.list_processes)

    assert os.getpid() in {each["pid"] for each in listed["processes"]}
    assert {"pid", "name", "user", "started", "memory"} == set(listed["processes"][0])
    assert len(listed["processes"]) == listed["count"]
