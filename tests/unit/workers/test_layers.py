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
        (f"{file}: setting 'robot.max_sessions': expected a whole number, found 'many'"),
    ] == list(caught.value.problems)


def test_a_variable_that_is_not_set_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text("robot: {id: '${SITE}'}\n")

    with pytest.raises(InvalidSettingError, match=r"robot\.yaml:1:13: setting 'robot\.id': .*'SITE' is not set"):
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
            "database.connections": {"shop": {"url": "postgresql://ann@db/shop", "pool": 3, "statement_timeout": "5s"}},
            "mail.accounts": {"office": {"user": "ann", "smtp": {"host": "mail.example", "port": 2525}}},
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


def test_a_chosen_file_lies_over_that_of_the_project_and_each_setting_tells_its_line(tmp_path: Path) -> None:
    (tmp_path / "aether.toml").write_text('tenant = "acme"\n[robot]\nid = "shared"\nheaded = true\n')
    file = tmp_path / "robot.yaml"
    file.write_text("robot:\n  id: press-7\n  max_sessions: 3\n")

    settings = read_settings(
        {"robot.slow": "1s"}, config=file, environ={"AETHER_ROBOT_MAX_SESSIONS": "4"}, directory=tmp_path
    )

    assert ("press-7", 4, True, "acme") == (
        settings.robot.id, settings.robot.max_sessions, settings.robot.headed, settings.tenant,
    )  # fmt: skip
    assert {
        "robot.id": f"{file}:2",
        "robot.max_sessions": "environment AETHER_ROBOT_MAX_SESSIONS",
        "robot.headed": str(tmp_path / "aether.toml"),
        "robot.slow": "flag --slow",
        "robot.grace": "default",
    } == {
        name: settings.source(name)
        for name in ("robot.id", "robot.max_sessions", "robot.headed", "robot.slow", "robot.grace")
    }


def test_another_project_file_takes_the_place_of_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "aether.toml").write_text('tenant = "acme"\n')
    other = tmp_path / "other" / "aether.toml"
    other.parent.mkdir()
    other.write_text('environment = "production"\n')

    settings = read_settings(config=other, environ={}, directory=tmp_path)

    assert ("", "production", other.parent / ".aether") == (settings.tenant, settings.environment, settings.state)


def test_a_chosen_file_says_how_to_reach_temporal(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text(
        "temporal:\n  address: example:7233\n  namespace: filed\n  api_key: ${KEY}\n"
        "  headers: {x-site: berlin}\n  identity: me\n"
    )

    settings = read_settings(
        connection={"disable_config_file": True},
        config=file,
        environ={"KEY": "topsecret", "TEMPORAL_NAMESPACE": "of-the-environment"},
        directory=tmp_path,
    )

    found = settings.temporal
    assert ("example:7233", "of-the-environment", "me") == (found.address, found.namespace, found.identity)
    assert found.api_key is not None
    assert "topsecret" == found.api_key.get_secret_value()
    assert ["x-site"] == list(found.headers)
    assert {
        "address": f"{file}:2",
        "namespace": "environment TEMPORAL_NAMESPACE",
        "api_key": f"{file}:4",
        "tls": "implied by the API key",
        "headers": f"{file}:5",
        "identity": f"{file}:6",
    } == {name: settings.source(f"temporal.{name}") for name in type(found).model_fields}


def test_the_project_s_file_does_not_say_where_credentials_go(tmp_path: Path) -> None:
    file = tmp_path / "aether.toml"
    file.write_text('[temporal]\naddress = "elsewhere:7233"\n')

    with pytest.raises(InvalidSettingError, match=r"aether\.toml: setting 'temporal': the connection is set by"):
        read_settings(environ={}, directory=tmp_path)


def test_all_mistakes_of_a_yaml_file_are_named_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text(
        "tags: [sap]\n"
        "robot:\n"
        "  id: 7\n"
        "  tags: [1, fi]\n"
        "  healing: automatic\n"
        "  headed: maybe\n"
        "  max_sessions: 0\n"
        "  grace: 30\n"
        "log: loud\n"
        "temporal:\n"
        "  adress: example\n"
        "  tls: [topsecret]\n"
        "secrets_key_data: [topsecret]\n"
    )

    with pytest.raises(InvalidSettingError) as caught:
        read_settings(config=file, environ={}, directory=tmp_path)

    said = {problem.removeprefix(f"{file}:") for problem in caught.value.problems}
    assert {
        "1:1: unknown setting 'tags'; did you mean 'robot.tags'?",
        "9:6: setting 'log': expected a mapping of settings, found 'loud'",
        "11:3: unknown setting 'temporal.adress'; did you mean 'temporal.address'?",
        "12:8: setting 'temporal.tls': expected true or false, found a list",
        "13:19: setting 'secrets_key_data': expected text",
        "3:7: setting 'robot.id': expected text, found 7; put it in quotes",
        "4:10: setting 'robot.tags[0]': expected text, found 1; put it in quotes",
        "5:12: setting 'robot.healing': expected 'auto', 'propose' or 'off', found 'automatic'; did you mean 'auto'?",
        "6:11: setting 'robot.headed': expected true or false, found 'maybe'",
        "7:17: setting 'robot.max_sessions': expected at least 1, found 0",
        "8:10: setting 'robot.grace': expected a duration with its unit, such as '30s', not 30; write '30s'",
    } == said


def test_a_file_is_read_as_yaml_1_2(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text("robot:\n  # nothing but a comment\ntenant: no\n")

    settings = read_settings(config=file, environ={}, directory=tmp_path)

    assert "no" == settings.tenant


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text("robot:\n  id: a\n  id: b\n")

    with pytest.raises(InvalidSettingError, match=r"robot\.yaml:3:3: setting 'robot\.id': duplicate key, first given"):
        read_settings(config=file, environ={}, directory=tmp_path)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text("# to be filled in\n")

    settings = read_settings(config=file, environ={}, directory=tmp_path)

    assert "default" == settings.source("robot.id")


def test_a_file_names_things_of_which_there_are_several(tmp_path: Path) -> None:
    (tmp_path / "aether.toml").write_text(
        '[mail.accounts.office]\nuser = "ann"\nimap = {host = "mail.example"}\n[mail.accounts.sales]\nuser = "bob"\n'
    )

    accounts = read_settings(environ={}, directory=tmp_path).mail.accounts

    assert {"office": "ann", "sales": "bob"} == {name: account.user for name, account in accounts.items()}


def test_a_mistake_in_a_thing_that_has_a_name_is_told_with_what_fits_there(tmp_path: Path) -> None:
    file = tmp_path / "aether.toml"
    file.write_text('[mail.accounts.office]\nuser = "ann"\nimap = {hst = "mail.example"}\n')

    with pytest.raises(InvalidSettingError) as caught:
        read_settings(environ={"AETHER_MAIL_CA": "x"}, directory=tmp_path)

    assert [
        f"{file}: setting 'mail.accounts.office.imap.host' is missing",
        f"{file}: unknown setting 'mail.accounts.office.imap.hst'; did you mean 'mail.accounts.office.imap.host'?",
    ] == list(caught.value.problems)


def test_an_address_with_a_password_is_refused_without_repeating_it(tmp_path: Path) -> None:
    file = tmp_path / "aether.toml"
    file.write_text('[database.connections.shop]\nurl = "postgresql://ann:hunter22@db/shop"\n')

    with pytest.raises(InvalidSettingError) as caught:
        read_settings(environ={}, directory=tmp_path)

    wrong = "expected an address without a password; name its secret in 'password'"
    assert [f"{file}: setting 'database.connections.shop.url': {wrong}"] == list(caught.value.problems)


def test_a_variable_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettingError, match=r"'mail\.accounts': expected a mapping, found 'office'"):
        read_settings(environ={"AETHER_MAIL_ACCOUNTS": "office"}, directory=tmp_path)
