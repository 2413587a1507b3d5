"""The example of every desktop node, done on real programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import pytest

from activities.catalog import Catalog
from tests.support.screen import PROGRAMS, Screen
from tests.support.steps import Steps
from workflows.kind import NodeStep
from workflows.parse import parse
from workflows.spec import NodeSpec

CATALOG = Catalog.discover()
EXAMPLES = [spec for spec in CATALOG.specs().values() if spec.capability == "desktop"]


def steps_of(spec: NodeSpec) -> Iterator[tuple[str, dict[str, Any]]]:
    text = f"aether: 1\nname: example\nsteps:\n{textwrap.indent(spec.example, '  ')}\n"
    for step in parse(text, file=spec.type).document.steps:
        assert isinstance(step, NodeStep)
        yield step.do, dict(step.with_)


@pytest.mark.parametrize("spec", EXAMPLES, ids=lambda spec: spec.type)
async def test_the_example_of_a_node_runs(screen: Screen, steps: Steps, spec: NodeSpec) -> None:
    await steps.put("notes.txt", b"some notes")
    launched: set[str] = set()
    for node, params in steps_of(spec):
        app = params.get("app", "editor") if node != "desktop.attach" else "calculator"
        if node == "desktop.launch":
            launched.add(app)
        elif app in PROGRAMS and app not in launched:
            await screen.have(app)
        await steps.do(CATALOG.node(node), params)
