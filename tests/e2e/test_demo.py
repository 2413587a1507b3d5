"""The demo: everything at once, and nothing left of it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from tests.support.aether import Aether, finish
from tests.support.eventually import eventually


@pytest.mark.timeout(900)
async def test_the_demo_enters_what_is_right_refuses_the_rest_and_leaves_nothing(tmp_path: Path) -> None:
    aether = Aether(tmp_path, {"TMPDIR": str(tmp_path)})

    process = await aether.start("demo", "-o", "json")
    children = psutil.Process(process.pid)
    await eventually(lambda: len(children.children()) >= 4, within=timedelta(minutes=3))
    started = children.children(recursive=True)
    done = await finish(process, seconds=600)

    assert 0 == done.code, done.err
    assert {"entered": 24, "refused": 6, "total": 30} == {
        name: done.data["outputs"][name] for name in ("entered", "refused", "total")
    }
    refused = [invoice["reason"] for invoice in done.data["invoices"] if invoice["status"] == "refused"]
    assert 6 == len([reason for reason in refused if reason])
    await eventually(lambda: not any(each.is_running() for each in started))
    assert [] == [name for name in os.listdir(tmp_path) if name.startswith("aether-demo-")]  # noqa: PTH208 - a moment


@pytest.mark.timeout(900)
async def test_a_robot_killed_in_the_middle_of_a_form_is_followed_by_another_in_the_same_form(tmp_path: Path) -> None:
    aether = Aether(tmp_path, {"TMPDIR": str(tmp_path)})

    done = await finish(await aether.start("demo", "--kill", "-o", "json"), seconds=600)

    assert 0 == done.code, done.err
    assert {"entered": 24, "refused": 6, "total": 30} == {
        name: done.data["outputs"][name] for name in ("entered", "refused", "total")
    }
    assert {"robot-1", "robot-2"} == {done.data["lost"]["robot"], done.data["lost"]["heir"]}
    assert done.data["lost"]["form"] >= 5
