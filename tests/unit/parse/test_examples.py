"""Every example can be printed and read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.repository import files, name
from workflows.parse import parse
from workflows.printing import print_document

EXAMPLES = sorted(files("examples", suffix=".yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_an_example_survives_printing(path: Path) -> None:
    document = parse(path.read_bytes(), file=name(path)).document

    assert document == parse(print_document(document), file=name(path)).document
