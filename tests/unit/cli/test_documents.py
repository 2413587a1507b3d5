"""Commands about documents and settings: no server needed."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from activities.catalog import Catalog
from activities.manifest import LINE_BUDGET, read_compact
from cli.main import invoke
from cli.skeleton import project_files
from workflows.spec import NodeSpec

SOUND = "aether: 1\nname: sound\nsteps: [{id: a, set: {x: 1}}]\n"
BROKEN = "aether: 1\nname: broken\nsteps:\n  - {id: a, set: {x: '${{ y }}'}}\n  - {id: b, do: no.such}\n"
PREDECESSOR: dict[str, Any] = {
    "metadata": {"name": "old"},
    "nodes": {
        "a": {"node_id": "a", "node_type": "StartNode", "config": {}},
        "b": {"node_id": "b", "node_type": "GoToURLNode", "config": {"url": "http://127.0.0.1/"}},
        "c": {"node_id": "c", "node_type": "PressKeyNode", "config": {"key": "F5"}},
    },
    "connections": [
        {"source_node": "a", "source_port": "exec_out", "target_node": "b", "target_port": "exec_in"},
        {"source_node": "b", "source_port": "exec_out", "target_node": "c", "target_port": "exec_in"},
    ],
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_SECRETS_KEY", str(tmp_path / "keys" / "secrets.key"))
    return tmp_path


def test_a_sound_document_is_valid(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "sound.yaml").write_text(SOUND)

    assert 0 == invoke(["validate", "sound.yaml"])
    assert "✓ sound.yaml: valid" in capsys.readouterr().err


def test_all_problems_of_all_documents_are_told_with_their_places(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "sound.yaml").write_text(SOUND)
    (here / "broken.yaml").write_text(BROKEN)

    assert 2 == invoke(["validate", "sound.yaml", "broken.yaml"])

    lines = capsys.readouterr().out.splitlines()
    assert ["broken.yaml:4:", "broken.yaml:5:"] == [line[:14] for line in lines]
    assert "step 'a', field 'set.x'" in lines[0]
    assert "no.such" in lines[1]


def test_problems_are_data_when_data_was_asked_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "broken.yaml").write_text(BROKEN)

    assert 2 == invoke(["validate", "broken.yaml", "-o", "json"])

    data = json.loads(capsys.readouterr().out)
    assert data["valid"] is False
    assert [("a", 4), ("b", 5)] == [(problem["step"], problem["line"]) for problem in data["problems"]]
    assert ["undefined-name", "unknown-node"] == [problem["code"] for problem in data["problems"]]
    assert [["steps", 0, "set", "x"], ["steps", 1, "do"]] == [problem["path"] for problem in data["problems"]]
    known = {"file", "code", "path", "line", "column", "step", "field", "message", "hint", "severity"}
    assert known == set(data["problems"][0])


def test_a_document_may_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(BROKEN.encode())))

    assert 2 == invoke(["validate", "-"])
    assert "<stdin>:4:" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["none.yaml", "."])
def test_a_document_that_cannot_be_read_is_a_usage_error(missing: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == invoke(["validate", missing])
    assert f"cannot read the document {missing!r}" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"[" * 5000, b"a: &a [*a]"])
def test_hostile_documents_get_an_answer(content: bytes, here: Path) -> None:
    (here / "hostile.yaml").write_bytes(content)

    assert 2 == invoke(["validate", "hostile.yaml"])


def test_every_node_type_is_listed_and_comes_back_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["nodes", "-o", "json"])

    specs = [NodeSpec.model_validate(each) for each in json.loads(capsys.readouterr().out)]
    assert Catalog.discover().specs() == {spec.type: spec for spec in specs}


def test_the_compact_list_has_one_short_line_per_node_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["nodes", "-o", "compact"])

    lines = capsys.readouterr().out.splitlines()
    assert sorted(Catalog.discover().specs()) == [read_compact(line).type for line in lines]
    assert all(len(line.encode()) <= LINE_BUDGET for line in lines)


def test_a_node_type_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["nodes", "files.write"])

    page = capsys.readouterr().out
    for words in ("files.write", "path", "With", "Output", "do: files.write"):
        assert words in page


def test_a_family_and_a_search_narrow_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["nodes", "files", "--search", "copy", "-o", "compact"])
    assert "files.copy(" in capsys.readouterr().out


def test_an_unknown_node_type_suggests_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == invoke(["nodes", "browser.clik"])
    assert "'browser.click'" in capsys.readouterr().err


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["schema"])
    assert "https://json-schema.org/draft/2020-12/schema" == json.loads(capsys.readouterr().out)["$schema"]


def test_a_new_project_has_a_sound_document(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["init", "My shop"])
    assert 0 == invoke(["validate", "My shop/My-shop.yaml"])

    made = {path.name for path in (here / "My shop").iterdir()}
    assert {"My-shop.yaml", "aether.toml", ".gitignore", "README.md", "orders.csv", "document.schema.json"} == made
    assert "aether run My-shop.yaml" in capsys.readouterr().err


def test_a_project_overwrites_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "README.md").write_text("mine")

    assert 2 == invoke(["init", ".", "--name", "shop"])

    assert "already has 'README.md'" in capsys.readouterr().err
    assert ["README.md"] == [path.name for path in here.iterdir()]


def test_a_project_carries_its_name_everywhere() -> None:
    files = project_files("shop")

    assert "name: shop" in files["shop.yaml"]
    assert not [name for name, content in files.items() if "PROJECT" in content]


def test_settings_are_shown_with_their_source(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "aether.toml").write_text("[robot]\ntags = ['sap']\n")
    monkeypatch.setenv("AETHER_LOG_LEVEL", "debug")

    assert 0 == invoke(["config", "-o", "json", "--address", "temporal:7233", "--api-key", "hush"])

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert "aether.toml" in rows["robot.tags"]["source"]
    assert "AETHER_LOG_LEVEL" in rows["log.level"]["source"]
    assert ("temporal:7233", "flag --address") == (
        rows["temporal.address"]["value"],
        rows["temporal.address"]["source"],
    )
    assert "hush" not in str(rows)


def test_wrong_settings_are_a_configuration_error(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "aether.toml").write_text("[robott]\nid = 'x'\n")

    assert 3 == invoke(["config"])
    assert "robott" in capsys.readouterr().err


def test_a_secret_is_set_listed_and_deleted_without_being_shown(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("open sesame\n"))
    (here / "value").write_text("hush hush")

    assert [0, 0, 0] == [
        invoke(["secret", "set", "door"]),
        invoke(["secret", "set", "shelf", "--value-file", "value"]),
        invoke(["secret", "list"]),
    ]
    shown = capsys.readouterr()
    assert [0, 2] == [invoke(["secret", "delete", "door"]), invoke(["secret", "delete", "door"])]

    assert "door\nshelf\n" == shown.out
    assert "sesame" not in shown.out + shown.err
    assert "sesame" not in "".join(path.read_text(errors="replace") for path in here.rglob("*") if path.is_file())


def test_a_server_that_is_not_there_is_a_connection_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert 3 == invoke(["list", "--address", "127.0.0.1:1", "-o", "json"])

    shown = capsys.readouterr()
    assert "127.0.0.1:1" in json.loads(shown.out)["error"]["message"]
    assert "Traceback" not in shown.err


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert 3 == invoke(["list", "--address", "127.0.0.1:1", "--debug"])
    assert "Traceback" in capsys.readouterr().err


def test_a_workflow_of_the_predecessor_becomes_a_document(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "old.json").write_text(json.dumps(PREDECESSOR))

    assert 0 == invoke(["import", "old.json", "--to", "new.yaml"])
    assert 0 == invoke(["validate", "new.yaml"])
    assert "browser.goto" in (here / "new.yaml").read_text()
    assert "wrote new.yaml" in capsys.readouterr().err


def test_what_cannot_be_imported_is_told_by_node_and_field(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    strange = {**PREDECESSOR, "nodes": {**PREDECESSOR["nodes"], "c": {"node_id": "c", "node_type": "NoSuchNode"}}}
    (here / "old.json").write_text(json.dumps(strange))

    assert 2 == invoke(["import", "old.json", "-o", "json"])

    data = json.loads(capsys.readouterr().out)
    assert "aether: 1" in data["document"]
    assert "c" in {problem["step"] for problem in data["problems"]}


@pytest.mark.parametrize("content", ["", "[]", "{}", "[" * 100_000])
def test_what_is_no_workflow_is_a_usage_error(content: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "old.json").write_text(content)

    assert 2 == invoke(["import", "old.json"])
    assert capsys.readouterr().err.startswith("error: ")


def test_a_robot_s_file_is_read_with_its_environment(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROBOT_NAME", "press-7")
    file = here / "robot.yaml"
    file.write_text("robot: {id: '${ROBOT_NAME}', tags: [sap]}")

    assert 0 == invoke(["config", "--config", str(file), "-o", "json"])

    values = {row["name"]: row["value"] for row in json.loads(capsys.readouterr().out)}
    assert ("press-7", "sap") == (values["robot.id"], values["robot.tags"])


def test_a_wrong_key_of_a_robot_s_file_is_named_with_its_place(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = here / "robot.yaml"
    file.write_text("robot: {tagz: [sap]}")

    assert 3 == invoke(["robot", "start", "--config", str(file)])

    said = capsys.readouterr().err
    assert "robot.tagz" in said
    assert "did you mean 'robot.tags'?" in said
