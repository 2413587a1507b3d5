"""A dev stack as a process of its own, whose first line names its children."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.support.echo import ECHO
from tests.support.server import server_config
from workers.dev import Stack, run
from workers.settings import Settings
from workers.supervisor import ignore


def tell(stack: Stack) -> None:
    """Print the children's process ids."""
    sys.stdout.write(" ".join(str(child.process.pid) for child in stack.children if child.process) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    settings = Settings.located(Path(sys.argv[1]))
    asyncio.run(run(settings, config=server_config(), parts=[ECHO], report=ignore, ready=tell))
