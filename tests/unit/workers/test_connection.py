from pathlib import Path

import pytest

from workers.configuration import InvalidSettingError
from workers.connection import read_connection

PROFILES = """
[profile.default]
address = "profile:7233"
namespace = "from-profile"
[profile.cloud]
address = "cloud:7233"
api_key = "key"
"""


@pytest.fixture
def profiles(tmp_path: Path) -> str:
    file = tmp_path / "temporal.toml"
    file.write_text(PROFILES)
    return str(file)


def test_a_flag_wins_over_the_environment_and_the_environment_over_the_profile(profiles: str) -> None:
    connection, sources = read_connection(
        {"address": "flag:1"}, {"TEMPORAL_CONFIG_FILE": profiles, "TEMPORAL_ADDRESS": "environment:1"}
    )

    assert ("flag:1", "from-profile") == (connection.address, connection.namespace)
    assert "flag --address" == sources["address"]
    assert f"{profiles} [profile.default]" == sources["namespace"]


def test_a_profile_with_an_api_key_uses_tls(profiles: str) -> None:
    connection, _ = read_connection({"config_file": profiles, "profile": "cloud"}, {})

    assert "cloud:7233" == connection.address
    assert connection.tls is not None


@pytest.mark.parametrize("name", ["TEMPORAL_TLS_CA_DATA", "TEMPORAL_TLS_SERVER_CA_CERT_DATA"])
def test_certificates_come_from_variables_old_and_new(name: str) -> None:
    connection, _ = read_connection({}, {"TEMPORAL_CONFIG_FILE": "/dev/null", name: "PEM"})

    assert connection.tls is not None
    assert b"PEM" == connection.tls.server_certificate


def test_a_path_on_the_command_line_replaces_data_of_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("from the file")

    connection, sources = read_connection({"tls_ca_path": file}, {"TEMPORAL_TLS_SERVER_CA_CERT_DATA": "other"})

    assert connection.tls is not None
    assert b"from the file" == connection.tls.server_certificate
    assert "flag --tls-ca-path" == sources["tls"]


def test_variables_can_be_left_aside() -> None:
    connection, _ = read_connection(
        {"disable_config_env": True, "disable_config_file": True}, {"TEMPORAL_ADDRESS": "x:1"}
    )

    assert "localhost:7233" == connection.address


@pytest.mark.parametrize(
    ("flags", "environ", "expected"),
    [
        ({"profile": "nope"}, {}, "'nope' not found"),
        ({"config_file": "/nowhere.toml"}, {}, "no configuration file '/nowhere.toml'"),
        ({"grpc_meta": ["no-equals"]}, {}, "expected KEY=VALUE, found 'no-equals'"),
        ({"codec_endpoint": "http://x"}, {}, "no counterpart of --codec-endpoint"),
        ({"tls_disable_host_verification": True}, {}, "always verifies"),
        ({}, {"TEMPORAL_TLS_CA": "/nowhere.pem"}, "cannot read '/nowhere.pem'"),
    ],
)
def test_what_cannot_be_used_is_refused(flags: dict[str, object], environ: dict[str, str], expected: str) -> None:
    with pytest.raises(InvalidSettingError, match=expected):
        read_connection(flags, {"TEMPORAL_CONFIG_FILE": "/dev/null", **environ})
