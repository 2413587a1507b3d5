from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from activities.nodes.http.request import request
from tests.support.steps import Steps, failure_of
from tests.support.web import Web, web


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
async def secure_site(certificate: Path) -> AsyncIterator[Web]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with web(tls=context) as served:
        yield served


async def test_a_server_nobody_vouches_for_is_not_asked(steps: Steps, secure_site: Web) -> None:
    error = await failure_of(steps.do(request, {"method": "POST", "url": secure_site.answer("/x")}))

    assert ("ServerUnreachableError", False) == (error.type, error.acted)
    assert "certificate" in error.message
    assert [] == secure_site.received


async def test_it_can_be_asked_all_the_same(steps: Steps, secure_site: Web) -> None:
    output = await steps.do(request, {"url": secure_site.answer("/x", 200, b"ok"), "verify_tls": False})

    assert "ok" == output["text"]
