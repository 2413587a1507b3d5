from __future__ import annotations

from activities.nodes.pdf.inspect import inspect
from activities.nodes.pdf.set_properties import set_properties
from tests.support.office import invoice
from tests.support.steps import Steps


async def test_what_is_set_is_told_and_the_rest_stays(steps: Steps) -> None:
    await steps.put("a.pdf", invoice())

    await steps.do(set_properties, {"path": "a.pdf", "to": "b.pdf", "properties": {"author": "Zoë Łódź"}})

    properties = (await steps.do(inspect, {"path": "b.pdf"}))["properties"]
    assert ("Invoice", "Zoë Łódź") == (properties["title"], properties["author"])
    assert (await steps.do(inspect, {"path": "a.pdf"}))["properties"]["author"] != "Zoë Łódź"
