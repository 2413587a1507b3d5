"""The process that has a robot's browser: it outlives a robot that is killed, and its successor finds every page again.

It knows nothing of runs and steps. A robot starts it, and ends it when it has no more use for it.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from activities.drivers.playwright.hosting.place import Place
from activities.drivers.playwright.hosting.serve import serve

if __name__ == "__main__":
    asyncio.run(serve(Place(Path(sys.argv[1]))))
