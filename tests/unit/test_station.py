"""What supervisors of desktops write down, and what programs find around them."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("desktops of their own are there on Linux only", allow_module_level=True)

from activities.drivers.desktop.station.memo import Memo, Order, Running
from activities.drivers.desktop.station.process import began, family, is_running
from activities.drivers.desktop.station.surroundings import desktop_environment, supervisor_environment

MEMO = Memo(
    session="one",
    run="run",
    lease=3,
    directory="/nowhere",
    display=":7",
    supervisor=Running(10, 100),
    guard=Running(9, 99),
    apps={"pad": Running(12, 120), "mail": Running(11, 110)},
)


def test_a_memo_is_read_as_it_was_written_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "memo.json"

    MEMO.write(file)

    assert MEMO == Memo.read(file)
    assert ["pad", "mail"] == [*MEMO.apps]
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert [file] == [*tmp_path.iterdir()]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"session": "one"}', json.dumps({**MEMO.values(), "more": 1})])
def test_a_memo_of_another_version_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "memo.json"
    file.write_text(content)

    assert Memo.read(file) is None
    assert Memo.read(tmp_path / "missing") is None


def test_an_order_is_read_as_it_was_written(tmp_path: Path) -> None:
    order = Order("one", "run", 3, 1280, 800, 60.0, "/memo")

    order.write(tmp_path / "order")

    assert order == Order.read(tmp_path / "order")


def test_a_process_is_not_mistaken_for_one_that_has_its_number_now() -> None:
    since = began(os.getpid())

    assert since is not None
    assert is_running(os.getpid(), since)
    assert not is_running(os.getpid(), since - 1)
    assert os.getpid() in family(os.getpid())


def test_programs_learn_language_and_paths_of_the_robot_and_nothing_else() -> None:
    own = {"PATH": "/bin", "LC_TIME": "de_DE", "TZ": "UTC", "PYTHONPATH": "/src", "AETHER_SECRETS_KEY_DATA": "hidden"}

    programs = desktop_environment(own, Path("/desk"), ":7")
    supervisor = supervisor_environment(own)

    assert {"PATH": "/bin", "LC_TIME": "de_DE", "TZ": "UTC", "PYTHONPATH": "/src"} == supervisor
    assert ("/bin", ":7", "/desk/home", "C.UTF-8") == tuple(programs[it] for it in ("PATH", "DISPLAY", "HOME", "LANG"))
    assert not {"PYTHONPATH", "AETHER_SECRETS_KEY_DATA"} & programs.keys()
    assert "LANG" not in desktop_environment({"LC_ALL": "de_DE.UTF-8"}, Path("/desk"))
