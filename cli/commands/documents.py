"""Commands that write, check and explain documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.caller import caller_of


def validate(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Documents; `-` is standard input.", metavar="FILE...")],
) -> int:
    """Check documents and say everything that is wrong with them."""
    from cli.checking import validate_documents

    return validate_documents(caller_of(context), files)


def lint(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Documents; `-` is standard input.", metavar="FILE...")],
    at_least: Annotated[
        int | None, typer.Option(metavar="STABILITY", min=0, max=100, help="Fail if a target is less stable than this.")
    ] = None,
) -> int:
    """Say of each target of documents how long it will last, and why: the one that breaks first comes first.

    A target's stability is the chance, in percent, that it still names its element when the page has been made anew.
    As JSON: `file`, `line`, `column`, `step`, `field`, `target`, `stability`, `leans`, `reason`,
    `better`: what would last longer, where the robot on this machine remembers the element.

    Exit code 1: a target is less stable than `--at-least`.
    """
    from cli.linting import lint_documents

    return lint_documents(caller_of(context), files, at_least=at_least)


def nodes(
    context: typer.Context,
    type_: Annotated[str | None, typer.Argument(help="A node type, or the first part of some.", metavar="TYPE")] = None,
    search: Annotated[str | None, typer.Option(help="Only types whose name or text has these words.")] = None,
) -> int:
    """List node types, or explain one.

    `-o markdown` writes a reference, `-o compact` one line per type, for language models.
    """
    from cli.catalogue import show_nodes

    return show_nodes(caller_of(context), type_, search=search)


def schema(context: typer.Context) -> int:
    """Print the JSON Schema of documents, for editors."""
    from cli.catalogue import show_schema

    return show_schema(caller_of(context))


def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="Where to put the project.", metavar="DIRECTORY")] = Path(),
    name: Annotated[str | None, typer.Option(help="The document's name; the directory's name if not given.")] = None,
) -> int:
    """Make a project: a document that runs, its settings and a README."""
    from cli.skeleton import make_project

    return make_project(caller_of(context), directory, name=name)


def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The workflow, as JSON.", metavar="FILE")],
    to: Annotated[Path | None, typer.Option(help="Write the document to this file.")] = None,
) -> int:
    """Turn a workflow of CasareRPA into a document."""
    from cli.importing import import_document

    return import_document(caller_of(context), file, to=to)


def publish(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The document.", metavar="FILE")],
    note: Annotated[str, typer.Option(help="What is new, for the records.")] = "",
) -> int:
    """Publish a version of a document: it runs by its name from then on, on any machine.

    Runs under way keep the version they began with. Publishing what is current already changes nothing.
    """
    from cli.publishing import publish_document

    return publish_document(caller_of(context), file, note=note)


def versions(
    context: typer.Context, name: Annotated[str, typer.Argument(help="The document's name.", metavar="NAME")]
) -> int:
    """List the versions of a published document, and which one new runs get.

    As JSON: `number`, `by`, `at`, `note`, `digest`, `current`.
    """
    from cli.publishing import list_versions

    return list_versions(caller_of(context), name)


def rollback(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The document's name.", metavar="NAME")],
    to: Annotated[int | None, typer.Option(metavar="VERSION", help="The version; by default the one before.")] = None,
) -> int:
    """Give new runs an earlier version of a published document. Runs under way keep theirs."""
    from cli.publishing import roll_back_document

    return roll_back_document(caller_of(context), name, to=to)
