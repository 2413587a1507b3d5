"""What PostgreSQL's errors mean to a run: who must act, and whether anything was done."""

from __future__ import annotations

from collections.abc import Callable

import asyncpg
from pydantic import JsonValue

from activities.secrets import masked
from workflows.errors import (
    AccessDeniedError,
    AetherError,
    InvalidParamsError,
    RequestRefusedError,
    ServerFailedError,
    ServerUnreachableError,
)

_MEANINGS = (
    (ServerUnreachableError, ("08", "57P01", "57P02", "57P03", "57P05", "25P03"), "ended the connection: "),
    (
        InvalidParamsError,
        ("25006",),
        "may only be read by this step or on this connection: ",
    ),
    (AccessDeniedError, ("28", "42501"), "denies access: "),
    (RequestRefusedError, ("22", "23", "27", "44", "P0"), "refuses the data: "),
    (ServerFailedError, ("40", "53", "55", "57", "58", "F0", "XX"), "cannot do it now: "),
)
"""What classes of errors mean, by the beginnings of their codes."""
_LONGEST = 500


def explained(error: asyncpg.PostgresError, *, acted: bool | None, place: Callable[[int], str]) -> AetherError:
    """Sort an error by who must act.

    A statement that the server answers with an error was undone by it; `acted` says what is known where the server
    ends the connection instead. `place` tells where in the statement something is.
    """
    state: str = error.sqlstate or ""
    said = _said(error)
    for kind, states, meaning in _MEANINGS:
        if state.startswith(states):
            unsure = acted if kind is ServerUnreachableError else False
            return kind(f"the database {meaning}{said}", acted=unsure, **_details(error, state))
    position = str(getattr(error, "position", None) or "")
    where = f" ({place(int(position))})" if position.isdigit() else ""
    return InvalidParamsError(f"the database cannot do it: {said}{where}", acted=False, **_details(error, state))


def _said(error: asyncpg.PostgresError) -> str:
    """What the server says, without what a person cannot use."""
    parts = [str(error.args[0]) if error.args else type(error).__name__]
    parts += [str(part) for name in ("detail", "hint") if (part := getattr(error, name, None))]
    context = getattr(error, "context", None)
    if context and context.startswith("COPY "):
        parts.append(context.splitlines()[0])
    return "; ".join(masked(" ".join(part.split()).rstrip("."))[:_LONGEST] for part in parts)


def _details(error: asyncpg.PostgresError, state: str) -> dict[str, JsonValue]:
    names = {"constraint": "constraint_name", "table": "table_name", "column": "column_name"}
    facts = {name: getattr(error, attribute, None) for name, attribute in names.items()}
    return {"sqlstate": state} | {name: fact for name, fact in facts.items() if fact}
