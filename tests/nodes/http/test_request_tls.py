from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.nodes.http.request import request
from tests.support.steps import Steps, failure_of
from tests.support.tls import make_certificate, serving
from tests.support.web import Web, web


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate nobody vouches for, with its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
async def secure_site(certificate: Path) -> AsyncIterator[Web]:
    async with web(tls=serving(certificate)) as served:
        yield served


async def test_a_server_nobody_vouches_for_is_not_asked(steps: Steps, secure_site: Web) -> None:
    error = await failure_of(steps.do(request, {"method": "POST", "url": secure_site.answer("/x")}))

    assert ("ServerUnreachableError", False) == (error.type, error.acted)
    assert "certificate" in error.message
    assert [] == secure_site.received


async def test_it_can_be_asked_all_the_same(steps: Steps, secure_site: Web) -> None:
    output = await steps.do(request, {"url": secure_site.answer("/x", 200, b"ok"), "verify_tls": False})

    assert "ok" == output["text"]
