"""A supplier portal: the web application the example automation works in.

    python server.py --port 0 --database portal.sqlite --password …

The first line on standard output is the address, written once the portal answers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn
from ledger import Ledger
from portal import Account, Look, application
from typing_extensions import override


class AnnouncingServer(uvicorn.Server):
    """A server that says where it is once it answers."""

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            host, port = listener.getsockname()
            sys.stdout.write(f"http://{host}:{port}/\n")
            sys.stdout.flush()


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--database", type=Path, default=Path("portal.sqlite"), help="the SQLite file, made if missing")
    parser.add_argument("--user", default=os.environ.get("PORTAL_USER", "clerk"), help="who may sign in")
    parser.add_argument("--password", default=os.environ.get("PORTAL_PASSWORD"), help="default: $PORTAL_PASSWORD")
    parser.add_argument("--slow", type=float, default=0.0, metavar="SECONDS", help="answers take up to this long")
    parser.add_argument("--seed", type=int, default=1, help="makes the delays the same each time")
    parser.add_argument(
        "--rename", action="append", default=[], metavar="OLD=NEW", help="call a field of the form something else"
    )
    parser.add_argument("--skin", type=int, choices=(1, 2), default=1, help="2: a form that was made anew")
    parser.add_argument("--no-submit", dest="submit", action="store_false", help="leave out the button that submits")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] = sys.argv[1:]) -> None:
    """Serve until interrupted."""
    options = read_options(arguments)
    password = options.password or secrets.token_urlsafe(9)
    if not options.password:
        sys.stderr.write(f"no password given; sign in as {options.user!r} with {password!r}\n")
    labels = dict(pair.split("=", 1) for pair in options.rename)
    look = Look(labels=labels, skin=options.skin, submit=options.submit)
    account = Account(options.user, password)
    app = application(Ledger(options.database), account, slow=options.slow, seed=options.seed, look=look)
    listener = socket.create_server(("127.0.0.1", options.port))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)
    asyncio.run(AnnouncingServer(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main()
