from datetime import timedelta
from pathlib import Path

import pytest

from workers.configuration import InvalidSettingError
from workers.layers import read_settings


def test_a_flag_wins_over_the_environment_and_the_environment_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "aether.toml").write_text('[robot]\nid = "file"\nmax_sessions = 2\nheaded = true\n')

    settings = read_settings(
        {"robot.id": "flag"},
        environ={"AETHER_ROBOT_ID": "environment", "AETHER_ROBOT_MAX_SESSIONS": "3"},
        directory=tmp_path,
    )

    assert ("flag", 3, True) == (settings.robot.id, settings.robot.max_sessions, settings.robot.headed)
    assert "flag --id" == settings.source("robot.id")
    assert "environment AETHER_ROBOT_MAX_SESSIONS" == settings.source("robot.max_sessions")
    assert str(tmp_path / "aether.toml") == settings.source("robot.headed")
    assert "default" == settings.source("robot.grace")


def test_the_nearest_file_above_is_read_and_the_state_is_beside_it(tmp_path: Path) -> None:
    (tmp_path / "aether.toml").write_text('artifacts = "files"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    settings = read_settings(environ={}, directory=below)

    assert tmp_path / "files" == settings.artifacts
    assert tmp_path / ".aether" / "payloads" == settings.payloads


def test_a_state_directory_above_is_found_without_a_file(tmp_path: Path) -> None:
    (tmp_path / ".aether").mkdir()
    below = tmp_path / "below"
    below.mkdir()

    settings = read_settings(environ={}, directory=below)

    assert tmp_path / ".aether" == settings.state


def test_another_state_directory_takes_everything_in_it_along(tmp_path: Path) -> None:
    settings = read_settings({"state": "elsewhere"}, environ={}, directory=tmp_path)

    assert tmp_path / "elsewhere" / "artifacts" == settings.artifacts


def test_a_robot_file_in_yaml_is_filled_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text("robot:\n  id: ${SITE}-1\n  tags: [sap, '${REGION:-eu}']\n  grace: 1m30s\n")

    settings = read_settings(config=file, environ={"SITE": "berlin"}, directory=tmp_path)

    assert ("berlin-1", ("sap", "eu")) == (settings.robot.id, settings.robot.tags)
    assert timedelta(seconds=90) == settings.robot.grace


def test_all_mistakes_are_named_at_once_with_their_place_and_a_hint(tmp_path: Path) -> None:
    file = tmp_path / "aether.toml"
    file.write_text('artefacts = "x"\n[robot]\nmax_sessions = "many"\n')

    with pytest.raises(InvalidSettingError) as caught:
        read_settings({"robot.idd": "x"}, environ={"AETHER_LOG_LEVL": "info"}, directory=tmp_path)

    assert [
        f"{file}: unknown setting 'artefacts'; did you mean 'artifacts'?",
        "unknown environment variable 'AETHER_LOG_LEVL'; did you mean 'AETHER_LOG_LEVEL'?",
        "flag --idd: unknown setting 'robot.idd'; did you mean 'robot.id'?",
        (
            f"{file}: setting 'robot.max_sessions': input should be a valid integer, "
            "unable to parse string as an integer, found 'many'"
        ),
    ] == list(caught.value.problems)


def test_a_variable_that_is_not_set_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text("robot: {id: '${SITE}'}\n")

    with pytest.raises(InvalidSettingError, match=r"robot\.yaml: setting 'robot\.id': .*'SITE' is not set"):
        read_settings(config=file, environ={}, directory=tmp_path)


@pytest.mark.parametrize("text", ["a: [", "- 1", "\0"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text(text)

    with pytest.raises(InvalidSettingError, match=r"robot\.yaml"):
        read_settings(config=file, environ={}, directory=tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match=r"cannot read .*nowhere\.yaml"):
        read_settings(config=tmp_path / "nowhere.yaml", environ={}, directory=tmp_path)


def test_settings_survive_the_way_through_a_child_environment(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "robot.tags": "sap,fi",
            "robot.capabilities": (),
            "robot.slow": "250ms",
            "log.format": "json",
            "notify.webhooks": "https://a.example/x,secret:chat",
            "notify.quiet": "1h",
            "smtp.ca": "ca.pem",
        },
        connection={"address": "example:7233", "api_key": "key", "grpc_meta": ["tenant=a"]},
        environ={},
        directory=tmp_path,
    )

    again = read_settings(environ=settings.variables(), directory=Path("/"))

    assert settings.model_dump() == again.model_dump()
    assert settings.temporal == again.temporal


def test_a_robot_keeps_the_name_it_was_given_first(tmp_path: Path) -> None:
    first = read_settings(environ={}, directory=tmp_path).robot_id()

    second = read_settings(environ={}, directory=tmp_path).robot_id()

    assert first == second


def test_the_table_of_settings_shows_no_secret(tmp_path: Path) -> None:
    settings = read_settings(
        connection={"api_key": "topsecret", "grpc_meta": ["authorization=hidden"]}, environ={}, directory=tmp_path
    )

    shown = repr(settings.table())

    assert "***" in shown
    assert "topsecret" not in shown
    assert "hidden" not in shown


@pytest.mark.parametrize(
    ("address", "web_ui", "expected"),
    [
        ("localhost:7233", None, "http://localhost:8233/namespaces/default/workflows/a%20b%2Fc/r1"),
        ("temporal.example:7233", None, None),
        ("temporal.example:7233", "https://ui/", "https://ui/namespaces/default/workflows/a%20b%2Fc/r1"),
    ],
)
def test_a_run_has_a_link_where_its_web_ui_is_known(
    tmp_path: Path, address: str, web_ui: str | None, expected: str | None
) -> None:
    settings = read_settings({"web_ui": web_ui}, connection={"address": address}, environ={}, directory=tmp_path)

    assert expected == settings.run_link("a b/c", "r1")
