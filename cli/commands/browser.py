"""Commands for those who write documents in front of a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of

browser = typer.Typer(help="A browser to point at things in.")

Address = Annotated[str, typer.Argument(help="The page to open.", metavar="URL")]


@browser.command()
def pick(
    context: typer.Context,
    url: Address,
    selector: Annotated[
        str | None,
        typer.Option(help="The element, by a selector, instead of a click; no window is shown.", metavar="SELECTOR"),
    ] = None,
) -> int:
    """Click an element, and see its targets: the one that lasts longest first, and why."""
    from cli.watching import pick_element

    return pick_element(caller_of(context), url, selector=selector)


def record(
    context: typer.Context,
    url: Address,
    to: Annotated[Path, typer.Option("-o", "--to", help="The document to write.", metavar="FILE")],
) -> int:
    """Use a browser, and get the document that does the same; closing the window ends it.

    What you type becomes inputs of the document, passwords become secrets that are never written down. What the
    elements are that you use is written beside it (`flow.fingerprints.json` for `flow.yaml`), and robots here know them
    from the first run on; elsewhere after `aether heal import`.

    As JSON: `name`, `file`, `steps`, `fingerprints`, `elements`.
    """
    from cli.watching import record_document

    return record_document(caller_of(context), url, to=to)
