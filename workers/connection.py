"""How to reach Temporal: read as the official Temporal CLI reads it, from flags, environment and profiles."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr
from temporalio.envconfig import ClientConfigProfile, ClientConnectConfig, DataSource
from temporalio.service import TLSConfig

from workers.configuration import InvalidSettingError
from workers.filed import HEADER, VARIABLES, ConnectionLayer, text_of

DEFAULT_ADDRESS = "localhost:7233"
DEFAULT_NAMESPACE = "default"

_LEGACY = {
    "TEMPORAL_TLS_CERT": "TEMPORAL_TLS_CLIENT_CERT_PATH",
    "TEMPORAL_TLS_CERT_DATA": "TEMPORAL_TLS_CLIENT_CERT_DATA",
    "TEMPORAL_TLS_KEY": "TEMPORAL_TLS_CLIENT_KEY_PATH",
    "TEMPORAL_TLS_KEY_DATA": "TEMPORAL_TLS_CLIENT_KEY_DATA",
    "TEMPORAL_TLS_CA": "TEMPORAL_TLS_SERVER_CA_CERT_PATH",
    "TEMPORAL_TLS_CA_DATA": "TEMPORAL_TLS_SERVER_CA_CERT_DATA",
}
"""Variables of older Temporal CLIs that are still in use."""

_UNSUPPORTED = {
    "client_authority": "leave out --client-authority",
    "codec_endpoint": "leave out --codec-endpoint: Aether's own converter decodes everything",
    "codec_auth": "leave out --codec-auth",
    "codec_header": "leave out --codec-header",
}


class TlsFiles(BaseModel):
    """How the connection is secured; certificates as PEM text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    server_name: str | None = None
    server_certificate: bytes | None = None
    client_certificate: bytes | None = None
    client_key: SecretStr | None = None

    def for_connect(self) -> TLSConfig:
        """The SDK's form."""
        key = self.client_key.get_secret_value().encode() if self.client_key else None
        return TLSConfig(
            domain=self.server_name,
            server_root_ca_cert=self.server_certificate,
            client_cert=self.client_certificate,
            client_private_key=key,
        )


class Connection(BaseModel):
    """Where Temporal is and who asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = DEFAULT_ADDRESS
    namespace: str = DEFAULT_NAMESPACE
    api_key: SecretStr | None = None
    tls: TlsFiles | None = None
    """None: not encrypted."""
    headers: dict[str, SecretStr] = {}
    """Sent with each request."""
    identity: str | None = None
    """Who acts, in Temporal's records; made from process and host where it is not given."""

    def environment(self) -> dict[str, str]:
        """Express this connection as environment variables, for a child process that reads no profile then."""
        tls = self.tls or TlsFiles()
        values = {
            "TEMPORAL_CONFIG_FILE": os.devnull,
            "TEMPORAL_ADDRESS": self.address,
            "TEMPORAL_NAMESPACE": self.namespace,
            "TEMPORAL_API_KEY": _shown(self.api_key),
            "TEMPORAL_TLS": str(self.tls is not None).lower(),
            "TEMPORAL_TLS_SERVER_NAME": tls.server_name,
            "TEMPORAL_TLS_SERVER_CA_CERT_DATA": tls.server_certificate and tls.server_certificate.decode(),
            "TEMPORAL_TLS_CLIENT_CERT_DATA": tls.client_certificate and tls.client_certificate.decode(),
            "TEMPORAL_TLS_CLIENT_KEY_DATA": _shown(tls.client_key),
        }
        headers = {f"{HEADER}{name.upper()}": _shown(value) for name, value in self.headers.items()}
        return {name: value for name, value in (values | headers).items() if value}


def read_connection(
    flags: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    layer: ConnectionLayer | None = None,
) -> tuple[Connection, dict[str, str]]:
    """Read the connection: flags over `TEMPORAL_*` over a file of settings over the profile in `temporal.toml`.

    Flags go by their names on the command line, with underscores.

    Raises:
        InvalidSettingError: a profile, file or value cannot be used.
    """
    flags = flags or {}
    environ = os.environ if environ is None else environ
    for name in _UNSUPPORTED.keys() & flags.keys():
        option = name.replace("_", "-")
        raise InvalidSettingError([f"the SDK has no counterpart of --{option}; {_UNSUPPORTED[name]}"])
    layer = layer or ConnectionLayer()
    given = _variables(flags, environ)
    filed = {name: said for name, said in layer.variables().items() if not {name, _twin(name)} & given.keys()}
    variables = given | {name: said.text for name, said in filed.items()}
    if variables.get("TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", "").lower() in {"1", "true"}:
        raise InvalidSettingError(
            ["the SDK always verifies the server's name; give its certificate's authority with --tls-ca-path"]
        )
    profile = _profile(flags, variables)
    try:
        found = profile.to_client_connect_config()
    except OSError as error:
        raise InvalidSettingError([f"cannot read {error.filename!r} for TLS: {error.strerror}"]) from error
    sources = _sources(found, flags, environ, variables, {name: said.place for name, said in filed.items()})
    connection = _connection(found, flags, profile)
    if connection.identity is None and layer.settings.identity:
        connection = connection.model_copy(update={"identity": layer.settings.identity})
        sources["identity"] = layer.places.get("identity", "")
    return connection, sources


def _variables(flags: Mapping[str, object], environ: Mapping[str, str]) -> dict[str, str]:
    """Show flags to the profile loader as the variables they stand for, which then win over the file."""
    variables = {} if flags.get("disable_config_env") else {name: text for name, text in environ.items() if text}
    for old, new in _LEGACY.items():
        if old in variables and not ({new, _twin(new)} & variables.keys()):
            variables[new] = variables[old]
    for name, variable in VARIABLES.items():
        value = flags.get(name)
        if value is not None:
            variables.pop(_twin(variable), None)
            variables[variable] = text_of(value)
    return variables


def _twin(variable: str) -> str:
    """The other of two variables of which only one may be set."""
    if variable.endswith("_PATH"):
        return variable.removesuffix("_PATH") + "_DATA"
    return variable.removesuffix("_DATA") + "_PATH" if variable.endswith("_DATA") else ""


def _profile(flags: Mapping[str, object], variables: Mapping[str, str]) -> ClientConfigProfile:
    file = flags.get("config_file")
    if file and not Path(str(file)).is_file():
        raise InvalidSettingError([f"there is no configuration file {str(file)!r}"])
    source: DataSource | None = Path(str(file)) if file else None
    name = flags.get("profile")
    try:
        return ClientConfigProfile.load(
            str(name) if name else None,
            config_source=source,
            disable_file=bool(flags.get("disable_config_file")) and source is None,
            override_env_vars=variables,
        )
    except RuntimeError as error:
        problem = " ".join(str(error).split())
        raise InvalidSettingError([f"cannot read the Temporal connection: {problem}"]) from error


def _connection(found: ClientConnectConfig, flags: Mapping[str, object], profile: ClientConfigProfile) -> Connection:
    headers = {name: SecretStr(str(value)) for name, value in found.get("rpc_metadata", {}).items()}
    identity = flags.get("identity")
    return Connection(
        address=found.get("target_host", DEFAULT_ADDRESS),
        namespace=found.get("namespace", DEFAULT_NAMESPACE),
        api_key=SecretStr(profile.api_key) if profile.api_key else None,
        tls=_tls(found.get("tls")),
        headers=headers | _headers(flags.get("grpc_meta")),
        identity=str(identity) if identity else None,
    )


def _tls(found: bool | TLSConfig | None) -> TlsFiles | None:  # noqa: FBT001 - as the SDK has it
    match found:
        case TLSConfig():
            key = found.client_private_key
            return TlsFiles(
                server_name=found.domain,
                server_certificate=found.server_root_ca_cert,
                client_certificate=found.client_cert,
                client_key=SecretStr(key.decode()) if key else None,
            )
        case True:
            return TlsFiles()
        case _:
            return None


def _headers(given: object) -> dict[str, SecretStr]:
    headers = {}
    for entry in given if isinstance(given, list | tuple) else ():
        name, separator, value = str(entry).partition("=")
        if not separator:
            raise InvalidSettingError([f"--grpc-meta: expected KEY=VALUE, found {entry!r}"])
        headers[name.lower()] = SecretStr(value)
    return headers


def _shown(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


_PARTS = {"address": "target_host", "namespace": "namespace", "api_key": "api_key", "tls": "tls"}
"""The parts of a connection and what the profile loader calls them."""


def _sources(
    found: ClientConnectConfig,
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    variables: Mapping[str, str],
    places: Mapping[str, str],
) -> dict[str, str]:
    file = flags.get("config_file") or variables.get("TEMPORAL_CONFIG_FILE") or "temporal.toml"
    profile = flags.get("profile") or variables.get("TEMPORAL_PROFILE") or "default"
    sources: dict[str, str] = {}
    for part, key in _PARTS.items():
        names = [name for name in VARIABLES if name == part or (part == "tls" and name.startswith("tls_"))]
        flag = next((name for name in names if flags.get(name) is not None), None)
        variable = next((VARIABLES[name] for name in names if VARIABLES[name] in variables), None)
        if flag:
            sources[part] = f"flag --{flag.replace('_', '-')}"
        elif variable and variable in places:
            sources[part] = places[variable]
        elif variable:
            sources[part] = f"environment {variable if variable in environ else 'TEMPORAL_TLS_*'}"
        elif key in found:
            implied = part == "tls" and "[profile." not in sources.get("api_key", "[profile.")
            sources[part] = "implied by the API key" if implied else f"{file} [profile.{profile}]"
    if flags.get("grpc_meta"):
        sources["headers"] = "flag --grpc-meta"
    elif place := next((places[name] for name in places if name.startswith(HEADER)), None):
        sources["headers"] = place
    elif found.get("rpc_metadata"):
        sources["headers"] = f"environment or {file} [profile.{profile}]"
    if flags.get("identity"):
        sources["identity"] = "flag --identity"
    return sources
