"""The only place where a Temporal client is built."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from workers.plugin import AetherPlugin
from workers.settings import Settings
from workflows.errors import ConfigurationError

_PATIENCE = timedelta(seconds=5)
_HINT = "start one with `aether dev`, or set --address (TEMPORAL_ADDRESS)"
_REFUSED = {RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.PERMISSION_DENIED}


class ConnectionFailedError(ConfigurationError):
    """Temporal cannot be reached, refuses us, or does not have our namespace."""


async def connect(settings: Settings, *, identity: str | None = None, patience: timedelta = _PATIENCE) -> Client:
    """Connect to Temporal and see that the namespace is there.

    Raises:
        ConnectionFailedError: the message says which address was tried and what to do.
    """
    place = settings.temporal
    try:
        async with asyncio.timeout(patience.total_seconds()):
            client = await Client.connect(
                place.address,
                namespace=place.namespace,
                api_key=place.api_key.get_secret_value() if place.api_key else None,
                tls=place.tls.for_connect() if place.tls else False,
                rpc_metadata={name: value.get_secret_value() for name, value in place.headers.items()},
                identity=identity or place.identity,
                plugins=[AetherPlugin(payloads=settings.payloads)],
            )
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=place.namespace))
    except TimeoutError as error:
        seconds = patience.total_seconds()
        raise ConnectionFailedError(
            f"no answer from a Temporal server at {place.address!r} within {seconds:.0f} s; {_HINT}"
        ) from error
    except RPCError as error:
        raise ConnectionFailedError(_refusal(error, settings)) from error
    except (RuntimeError, ValueError) as error:
        raise ConnectionFailedError(
            f"cannot connect to Temporal at {place.address!r}: {_reason(error)}; {_HINT}"
        ) from error
    return client


def _refusal(error: RPCError, settings: Settings) -> str:
    place = settings.temporal
    if error.status is RPCStatusCode.NOT_FOUND:
        return (
            f"the Temporal server at {place.address!r} has no namespace {place.namespace!r}; "
            "create it with `temporal operator namespace create`, or set --namespace (TEMPORAL_NAMESPACE)"
        )
    if error.status in _REFUSED:
        return (
            f"the Temporal server at {place.address!r} refuses these credentials for namespace "
            f"{place.namespace!r}; check --api-key (TEMPORAL_API_KEY) and the TLS settings"
        )
    return f"the Temporal server at {place.address!r} cannot answer: {error.message}"


def _reason(error: Exception) -> str:
    """Tell a person why, without the transport's layers."""
    text = str(error)
    known = {
        "Connection refused": "nothing listens there",
        "dns error": "the host name is unknown",
        "InvalidUri": "this is not HOST:PORT",
        "invalid certificate": "its certificate is not trusted",
        "BadCertificate": "it does not accept the client certificate",
        "InvalidContentType": "it does not speak TLS",
        "grpc-status header missing": "it is not a Temporal server",
    }
    return next((reason for sign, reason in known.items() if sign in text), text.splitlines()[0][:200])
