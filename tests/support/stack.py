"""A dev stack as a process of its own, whose first line is its address and its children."""

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
    """Print where it is and the process ids of its children."""
    children = (str(child.process.pid) for child in stack.children if child.process)
    sys.stdout.write(" ".join([stack.address, *children]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    settings = Settings.located(Path(sys.argv[1]))
    asyncio.run(run(settings, config=server_config(), parts=[ECHO], report=ignore, ready=tell))
