"""Record the histories that every later build must still be able to replay.

Run `python -m tests.replay.record` from the checkout after adding a feature to `FEATURES`. It only adds files:
a history that was recorded once is never written again, for it stands for runs that are under way somewhere.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from temporalio.client import Client, WorkflowFailureError

from tests.replay.features import FEATURES, NODES, Feature
from tests.support.runs import runs
from tests.support.server import temporal_server
from workers.histories import chain
from workers.plugin import AetherPlugin

HISTORIES = Path(__file__).parent / "histories"


def files_of(name: str) -> Sequence[Path]:
    """The histories of a feature's run: one for each of its executions."""
    count = FEATURES[name].executions
    return [HISTORIES / (f"{name}.json" if count == 1 else f"{name}_{number + 1}.json") for number in range(count)]


async def record(client: Client, name: str, feature: Feature) -> None:
    """Run a feature's document to its end, and keep its history."""
    async with runs(client, NODES) as started:
        run = await started.start(feature.plan(), long=feature.long)
        await feature.disturb(run)
        with suppress(WorkflowFailureError):
            await run.result()
    for file, history in zip(files_of(name), await chain(client, run.id), strict=True):
        file.write_text(history.to_json(), encoding="utf-8")


async def main() -> None:
    """Record what has not been recorded yet."""
    missing = [name for name in FEATURES if not all(file.exists() for file in files_of(name))]
    with tempfile.TemporaryDirectory() as directory:
        async with temporal_server(Path(directory)) as server:
            plugin = AetherPlugin(payloads=Path(directory, "payloads"))
            client = await Client.connect(server.address, identity="recorder", plugins=[plugin])
            for name in missing:
                await record(client, name, FEATURES[name])
                sys.stdout.write(f"recorded {name}\n")


if __name__ == "__main__":
    asyncio.run(main())
