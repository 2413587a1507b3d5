"""The options that every command takes, under the names the Temporal CLI gives them."""

# ruff: noqa: ARG001, FBT001, FBT002, PLR0913, PLR0917 - read from the context, all at once

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from cli.caller import DOCUMENTATION, Caller, Color, Format

CONNECTION = "Connection to Temporal"

_OWN = frozenset({"output", "color", "debug", "version"})
_IGNORED = frozenset(
    {
        "client_connect_timeout",
        "command_timeout",
        "env",
        "env_file",
        "log_format",
        "log_level",
        "no_json_shorthand_payloads",
        "time_format",
    }
)
"""Options of the Temporal CLI that mean nothing here; `temporal aether …` may hand them over all the same."""


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - rarely wanted

        typer.echo(f"aether {version('aether-rpa')}")
        raise typer.Exit


def _connection(words: str, *names: str, metavar: str | None = None) -> Any:  # noqa: ANN401 - typer's own type
    return typer.Option(*names, help=words, rich_help_panel=CONNECTION, metavar=metavar)


Output: TypeAlias = Annotated[
    Format, typer.Option("--output", "-o", help="How results are written; the last two by `nodes`.")
]
Colored: TypeAlias = Annotated[Color, typer.Option(help="When text is coloured.")]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Version: TypeAlias = Annotated[
    bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
]
Address: TypeAlias = Annotated[str | None, _connection("Temporal's host and port.", metavar="HOST:PORT")]
Namespace: TypeAlias = Annotated[str | None, _connection("Temporal's namespace.", "--namespace", "-n")]
ApiKey: TypeAlias = Annotated[str | None, _connection("API key.")]
Profile: TypeAlias = Annotated[str | None, _connection("Profile of temporal.toml.")]
ConfigFile: TypeAlias = Annotated[Path | None, _connection("Path of temporal.toml.")]
Tls: TypeAlias = Annotated[bool | None, _connection("Use TLS.", "--tls")]
TlsCert: TypeAlias = Annotated[Path | None, _connection("Client certificate.")]
TlsKey: TypeAlias = Annotated[Path | None, _connection("Client key.")]
TlsCa: TypeAlias = Annotated[Path | None, _connection("Certificate of the server's authority.")]
TlsName: TypeAlias = Annotated[str | None, _connection("Name in the server's certificate.")]
Headers: TypeAlias = Annotated[
    list[str] | None, _connection("Header of each request. Repeatable.", metavar="KEY=VALUE")
]
Identity: TypeAlias = Annotated[str | None, _connection("Who acts, for Temporal's records.")]
Hidden: TypeAlias = Annotated[str | None, typer.Option(hidden=True)]
HiddenList: TypeAlias = Annotated[list[str] | None, typer.Option(hidden=True)]
NoFile: TypeAlias = Annotated[bool, typer.Option("--disable-config-file", hidden=True)]
NoEnvironment: TypeAlias = Annotated[bool, typer.Option("--disable-config-env", hidden=True)]
Unverified: TypeAlias = Annotated[bool, typer.Option("--tls-disable-host-verification", hidden=True)]
Longhand: TypeAlias = Annotated[bool, typer.Option("--no-json-shorthand-payloads", hidden=True)]


def read_common_options(
    context: typer.Context,
    output: Output = Format.TEXT,
    color: Colored = Color.AUTO,
    debug: Debug = False,
    version: Version = False,
    address: Address = None,
    namespace: Namespace = None,
    api_key: ApiKey = None,
    profile: Profile = None,
    config_file: ConfigFile = None,
    disable_config_file: NoFile = False,
    disable_config_env: NoEnvironment = False,
    tls: Tls = None,
    tls_cert_path: TlsCert = None,
    tls_cert_data: Hidden = None,
    tls_key_path: TlsKey = None,
    tls_key_data: Hidden = None,
    tls_ca_path: TlsCa = None,
    tls_ca_data: Hidden = None,
    tls_server_name: TlsName = None,
    tls_disable_host_verification: Unverified = False,
    grpc_meta: Headers = None,
    client_authority: Hidden = None,
    codec_endpoint: Hidden = None,
    codec_auth: Hidden = None,
    codec_header: HiddenList = None,
    identity: Identity = None,
    time_format: Hidden = None,
    client_connect_timeout: Hidden = None,
    command_timeout: Hidden = None,
    env: Hidden = None,
    env_file: Hidden = None,
    log_format: Hidden = None,
    log_level: Hidden = None,
    no_json_shorthand_payloads: Longhand = False,
) -> None:
    """Durable automations: YAML documents that browsers and programs carry out, kept going by Temporal."""
    if output in DOCUMENTATION and context.invoked_subcommand != "nodes":
        raise typer.BadParameter(f"only `aether nodes` writes {output}", param_hint="--output")
    given = {name: value for name, value in context.params.items() if value not in (None, False, [], ())}
    connection = {name: value for name, value in given.items() if name not in _OWN | _IGNORED}
    context.obj = Caller(format=output, color=color, debug=debug, connection=connection)
