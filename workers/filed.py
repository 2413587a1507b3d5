"""What a file of settings says of the connection to Temporal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pydantic import ConfigDict, Field, SecretStr

from workflows.documented import Documented

VARIABLES = {
    "address": "TEMPORAL_ADDRESS",
    "namespace": "TEMPORAL_NAMESPACE",
    "api_key": "TEMPORAL_API_KEY",
    "tls": "TEMPORAL_TLS",
    "tls_cert_path": "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "tls_cert_data": "TEMPORAL_TLS_CLIENT_CERT_DATA",
    "tls_key_path": "TEMPORAL_TLS_CLIENT_KEY_PATH",
    "tls_key_data": "TEMPORAL_TLS_CLIENT_KEY_DATA",
    "tls_ca_path": "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    "tls_ca_data": "TEMPORAL_TLS_SERVER_CA_CERT_DATA",
    "tls_server_name": "TEMPORAL_TLS_SERVER_NAME",
    "tls_disable_host_verification": "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION",
}
"""Every flag of the Temporal CLI that has a variable, by the flag's name."""

HEADER = "TEMPORAL_GRPC_META_"
"""What variables of headers begin with."""


class ConnectionSettings(Documented):
    """What a file of settings can say of the connection, under the names of the Temporal CLI's options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str | None = None
    """Temporal's host and port."""
    namespace: str | None = None
    """Temporal's namespace."""
    api_key: SecretStr | None = None
    """The API key; `${NAME}` takes it from the environment."""
    tls: bool | None = None
    """Whether the connection is encrypted."""
    tls_ca_path: Path | None = None
    """The certificate of the server's authority."""
    tls_cert_path: Path | None = None
    """The client's certificate."""
    tls_key_path: Path | None = None
    """The client's key."""
    tls_server_name: str | None = None
    """The name in the server's certificate."""
    headers: dict[str, SecretStr] = Field(default={})
    """Headers of each request, by name."""
    identity: str | None = None
    """Who acts, in Temporal's records."""
    profile: str | None = None
    """The profile of `temporal.toml` that says the rest."""


class Said(NamedTuple):
    """A value, and where it was set."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class ConnectionLayer:
    """What a file of settings says of the connection: less than flags and variables, more than a profile."""

    settings: ConnectionSettings = field(default_factory=ConnectionSettings)
    places: Mapping[str, str] = field(default_factory=dict)
    """Where each was set."""

    def variables(self) -> dict[str, Said]:
        """What it says, as the variables that say the same."""
        said = {
            VARIABLES.get(name, "TEMPORAL_PROFILE"): Said(text_of(value), self.places.get(name, ""))
            for name in ConnectionSettings.model_fields
            if name not in {"headers", "identity"} and (value := getattr(self.settings, name)) is not None
        }
        headers = {
            f"{HEADER}{name.upper().replace('-', '_')}": Said(text_of(value), self.places.get("headers", ""))
            for name, value in self.settings.headers.items()
        }
        return said | headers


def text_of(value: object) -> str:
    """A value as a variable has it."""
    match value:
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return str(value).lower()
        case _:
            return str(value)
