"""Which files a document can call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.checking import check
from cli.folder import Folder
from cli.main import invoke
from workflows.library import Unfound
from workflows.parse import Reading

CALLED = "aether: 1\nname: called\nsteps: [return]\n"


def calling(file: str) -> str:
    return f"aether: 1\nname: calling\nsteps: [{{call: {file}}}]\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to work in."""
    work = tmp_path / "work"
    for folder in ("intake", "parts"):
        (work / folder).mkdir(parents=True)
    (work / "parts" / "login.yaml").write_text(CALLED)
    (work / "intake" / "check.yaml").write_text(CALLED)
    (tmp_path / "outside.yaml").write_text(CALLED)
    monkeypatch.chdir(work)
    return work


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("./check.yaml", "intake/check.yaml"),
        ("check.yaml", "intake/check.yaml"),
        ("../parts/login.yaml", "parts/login.yaml"),
        ("../intake/../intake/check.yaml", "intake/check.yaml"),
    ],
)
def test_a_document_calls_files_relative_to_its_own(reference: str, name: str) -> None:
    found = Folder("intake/main.yaml").find(reference, caller="intake/main.yaml")

    assert isinstance(found, Reading)
    assert name == found.source.file


def test_a_file_is_read_once_and_always_has_one_name(here: Path) -> None:
    (here / "intake" / "main.yaml").write_text(CALLED)
    folder = Folder("./intake/main.yaml")

    one = folder.find("../intake/main.yaml", caller="parts/login.yaml")
    other = folder.find("./main.yaml", caller="intake/check.yaml")

    assert isinstance(one, Reading)
    assert one is other
    assert "./intake/main.yaml" == one.source.file


def test_a_document_elsewhere_calls_files_of_its_own_folder(here: Path) -> None:
    folder = Folder(str(here.parent / "other" / "main.yaml"))
    (here.parent / "other").mkdir()
    (here.parent / "other" / "near.yaml").write_text(CALLED)

    assert isinstance(folder.find("near.yaml", caller=str(here.parent / "other" / "main.yaml")), Reading)
    assert isinstance(folder.find("../outside.yaml", caller=str(here.parent / "other" / "main.yaml")), Unfound)


def test_a_document_from_standard_input_calls_files_of_the_current_folder() -> None:
    assert isinstance(Folder("<stdin>").find("parts/login.yaml", caller="<stdin>"), Reading)


@pytest.mark.parametrize(
    ("reference", "message", "hint"),
    [
        ("none.yaml", "there is no file 'none.yaml'", "write the way to it from the calling file"),
        ("", "there is no file ''", "write the way to it from the calling file"),
        ("browser.click", "there is no file 'browser.click'", "write 'do: browser.click' to call a node"),
        ("../parts", "there is no file '../parts'", "write the way to it from the calling file"),
        (
            "/etc/passwd",
            "'/etc/passwd' is not relative to the calling file",
            "write it such as './other.yaml'",
        ),
        ("C:other.yaml", "'C:other.yaml' is not relative to the calling file", "write it such as './other.yaml'"),
        (
            "..\\parts\\login.yaml",
            "'..\\\\parts\\\\login.yaml' is not relative to the calling file",
            "write it such as './other.yaml'",
        ),
    ],
)
def test_what_cannot_be_called_is_told(reference: str, message: str, hint: str) -> None:
    assert Unfound(message, hint) == Folder("intake/main.yaml").find(reference, caller="intake/main.yaml")


def test_nothing_outside_can_be_called(here: Path) -> None:
    found = Folder("intake/main.yaml").find("../../outside.yaml", caller="intake/main.yaml")

    message = f"'../../outside.yaml' leads out of the folder {str(here)!r}"
    assert Unfound(message, "run the command in a folder that holds both documents") == found


@pytest.mark.parametrize("reference", ["link.yaml", "linked/login.yaml"])
def test_nothing_behind_a_symbolic_link_can_be_called(here: Path, reference: str) -> None:
    (here / "intake" / "link.yaml").symlink_to(here.parent / "outside.yaml")
    (here / "intake" / "linked").symlink_to(here / "parts")

    found = Folder("intake/main.yaml").find(reference, caller="intake/main.yaml")

    assert Unfound(f"{reference!r} is a symbolic link or lies behind one", "call the file itself") == found


def test_a_file_that_cannot_be_read_is_told() -> None:
    name = "a" * 300

    found = Folder("intake/main.yaml").find(name, caller="intake/main.yaml")

    assert Unfound(f"{name!r} cannot be read: File name too long", "look at its name and permissions") == found


def test_problems_of_called_documents_are_shown_with_their_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "main.yaml").write_text(calling("parts/broken.yaml"))
    (here / "parts" / "broken.yaml").write_text("aether: 1\nname: broken\nsteps: [{do: no.such}]\n")

    assert 2 == invoke(["validate", "main.yaml", "parts/broken.yaml", "-o", "json"])

    told = json.loads(capsys.readouterr().out)
    assert [False, False] == [each["valid"] for each in told["files"]]
    assert [("parts/broken.yaml", 3)] == [(each["file"], each["line"]) for each in told["problems"]]


def test_the_plan_of_a_document_holds_those_it_calls(here: Path) -> None:
    (here / "main.yaml").write_text(calling("parts/login.yaml"))

    plan = check("main.yaml").plan

    assert plan is not None
    assert ["called"] == [child.name for child in plan.children]


def test_a_circle_of_files_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "main.yaml").write_text(calling("parts/back.yaml"))
    (here / "parts" / "back.yaml").write_text(calling("../main.yaml"))

    assert 2 == invoke(["validate", "./main.yaml"])

    assert "in a circle: ./main.yaml → parts/back.yaml → ./main.yaml" in capsys.readouterr().out
