from __future__ import annotations

import hashlib

import pytest

from activities.nodes.files.hash import hash_file
from tests.support.steps import Steps


@pytest.mark.parametrize("algorithm", ["sha256", "sha512", "sha1", "md5"])
async def test_the_hash_is_that_of_the_content(steps: Steps, algorithm: str) -> None:
    content = bytes(range(256)) * 9000
    await steps.put("a", content)

    output = await steps.do(hash_file, {"path": "a", "algorithm": algorithm})

    assert {"hash": hashlib.new(algorithm, content).hexdigest(), "size": len(content)} == output
