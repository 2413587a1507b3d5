from datetime import timedelta
from pathlib import Path

import pytest

from workers.configuration import InvalidSettingError
from workers.server import ServerConfig, command, find_executable, load, standard
from workflows.errors import ConfigurationError


def test_the_file_that_comes_with_aether_makes_steps_fast_and_runs_searchable() -> None:
    config = standard()

    assert 1000 == config.dynamic_config["history.transferProcessorMaxPollRPS"]
    assert "10ms" == config.dynamic_config["history.timerProcessorMaxTimeShift"]
    assert {"AetherStatus", "AetherStep", "AetherRobot", "AetherError", "AetherKey", "AetherTags"} == set(
        config.search_attributes
    )
    assert timedelta(days=30) == config.namespaces[0].retention


def test_a_file_of_a_project_takes_the_place_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporal-dev.yaml").write_text("server: {port: 9000, ui_port: 9001}\n")
    monkeypatch.chdir(tmp_path)

    config = load()

    assert ("127.0.0.1:9000", "http://127.0.0.1:9001") == (config.address, config.web_ui)


def test_a_wrong_key_is_named_with_its_file_and_a_hint(tmp_path: Path) -> None:
    file = tmp_path / "temporal-dev.yaml"
    file.write_text("server: {prot: 9000}\nnamespaces: [{name: a, retention: 3 days}]\n")

    with pytest.raises(InvalidSettingError) as caught:
        load(file)

    unknown, duration = caught.value.problems
    assert f"{file}:1:10: unknown setting 'server.prot'; did you mean 'server.port'?" == unknown
    assert "'namespaces[0].retention'" in duration
    assert "'30s'" in duration


def test_everything_of_the_file_reaches_the_command_line() -> None:
    config = ServerConfig.model_validate(
        {
            "server": {"port": 1, "ui_port": 2, "http_port": 3, "metrics_port": 4, "sqlite": {"journal_mode": "wal"}},
            "namespaces": [{"name": "n"}],
            "search_attributes": {"A": "Keyword"},
            "dynamic_config": {"on": True, "text": "10ms", "number": 5},
        }
    )

    line = " ".join(command(config, executable=Path("/bin/temporal"), database=Path("/state/db")))

    assert line.startswith("/bin/temporal server start-dev")
    for part in (
        "--port 1 --ui-port 2", "--http-port 3", "--metrics-port 4", "--db-filename /state/db",
        "--sqlite-pragma journal_mode=wal", "--namespace n",
        "--search-attribute A=Keyword", "on=true", 'text="10ms"', "number=5",
    ):  # fmt: skip
        assert part in line


def test_a_server_can_be_given_another_namespace_and_other_ports() -> None:
    config = ServerConfig().with_namespace("mine").with_namespace("mine").on_free_ports()

    assert ["default", "mine"] == [namespace.name for namespace in config.namespaces]
    assert 7233 != config.server.port


def test_a_missing_program_is_said_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no temporal program at '.*/nowhere'; install"):
        find_executable(tmp_path / "nowhere")
