"""Values on their way to PostgreSQL as text, which it reads itself by the type that the statement needs."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from asyncpg import BitString, Range, Type
from pydantic import JsonValue

from activities.drivers.database.values import json_of, json_text
from activities.table import text_of
from workflows.errors import InvalidParamsError

_JSON = frozenset({"json", "jsonb"})
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\""})


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a value, by the server's names."""

    schema: str
    name: str
    array: bool

    @property
    def cast(self) -> str:
        """How a statement has the server read text as this type."""
        return f"{quoted(self.schema)}.{quoted(self.name)}{'[]' if self.array else ''}"


def kind_of(told: Type) -> Kind:
    """Read what the server says of a value that a statement needs."""
    return Kind(told.schema, told.name.removesuffix("[]"), array=told.kind == "array")


def quoted(name: str) -> str:
    """A name as part of a statement."""
    return '"' + name.replace('"', '""') + '"'


def table_parts(table: str) -> tuple[str | None, str]:
    """Give schema and name of a table that is written `schema.table` or `table`."""
    schema, _, name = table.rpartition(".")
    return schema or None, name


def parameter(value: JsonValue, kind: Kind) -> str | None:
    """Write a value as the server reads it.

    Raises:
        InvalidParamsError: it should be bytes, and is not Base64.
    """
    if value is None:
        return None
    if kind.array and isinstance(value, list):
        return _array(value, kind.name)
    return _scalar(value, kind.name)


def _scalar(value: JsonValue, name: str) -> str:
    if name in _JSON:
        return json_text(value)
    if name == "bytea" and isinstance(value, str):
        try:
            return "\\x" + base64.b64decode(value, validate=True).hex()
        except binascii.Error as error:
            raise InvalidParamsError("expected bytes as Base64, found other text") from error
    return text_of(value)


def _array(values: list[JsonValue], name: str) -> str:
    return "{" + ",".join(_element(value, name) for value in values) + "}"


def _element(value: JsonValue, name: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list) and name not in _JSON:
        return _array(value, name)
    return f'"{_scalar(value, name).translate(_ESCAPED)}"'


def json_of_postgresql(value: object) -> JsonValue:
    """Write as JSON what only PostgreSQL has."""
    match value:
        case Range(isempty=True):
            return "empty"
        case Range():
            lower, upper = (text_of(json_of(bound, json_of_postgresql)) for bound in (value.lower, value.upper))
            return f"{'[' if value.lower_inc else '('}{lower},{upper}{']' if value.upper_inc else ')'}"
        case BitString():
            return str(value.as_string()).replace(" ", "")
        case _:
            return str(value)
