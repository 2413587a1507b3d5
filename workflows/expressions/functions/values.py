"""Functions on values of any kind."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode

from pydantic import JsonValue

from workflows.expressions.argument import as_text
from workflows.expressions.convert import check_text, from_json, to_json, to_text
from workflows.expressions.frame import Frame
from workflows.expressions.function import Function
from workflows.expressions.value import RefusedError, bare_kind, bounded_text, described

_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0", ""})


def to_string(frame: Frame, value: JsonValue) -> JsonValue:
    """A value as text: numbers as they are written, `true` or `false`, lists and objects as JSON."""
    return to_text(value, frame.fuel)


def to_boolean(_frame: Frame, value: JsonValue) -> JsonValue:
    """Whether a value is neither false, zero, null nor empty; of a string, what it says, such as `yes` or `off`."""
    if not isinstance(value, str):
        return bool(value)
    said = value.strip().lower() if len(value) <= max(map(len, _FALSE)) * 2 else value
    if said in _TRUE or said in _FALSE:
        return said in _TRUE
    raise RefusedError(
        f"bool() understands 'true', 'yes', 'on', '1' and their opposites, not {described(value)}: "
        "write value != '' to ask whether there is text"
    )


def kind_of(_frame: Frame, value: JsonValue) -> JsonValue:
    """What a value is: `string`, `integer`, `number`, `boolean`, `list`, `object` or `null`."""
    return bare_kind(value)


def default(_frame: Frame, value: JsonValue, fallback: JsonValue) -> JsonValue:
    """A value, or a fallback where it is null, its key is missing or its list too short."""
    return fallback if value is None else value


def write_json(frame: Frame, value: JsonValue) -> JsonValue:
    """A value as JSON text on one line."""
    return to_json(value, frame.fuel)


def read_json(frame: Frame, text: JsonValue) -> JsonValue:
    """The value that JSON text stands for."""
    return from_json(as_text(text, "parse_json()"), frame.fuel)


def write_base64(frame: Frame, text: JsonValue) -> JsonValue:
    """Text in Base64, by way of UTF-8."""
    given = as_text(text, "base64()")
    check_text(given)
    frame.fuel.spend(len(given) >> 5)
    encoded = b64encode(given.encode()).decode()
    bounded_text(len(encoded), frame.fuel)
    return encoded


def read_base64(frame: Frame, text: JsonValue) -> JsonValue:
    """The UTF-8 text that Base64 stands for."""
    given = as_text(text, "from_base64()")
    frame.fuel.spend(len(given) >> 5)
    try:
        return b64decode(given, validate=True).decode()
    except (binascii.Error, ValueError):
        raise RefusedError(f"from_base64() needs the Base64 of UTF-8 text, not {described(given)}") from None


def new_uuid(frame: Frame) -> JsonValue:
    """A new random identifier, the same when the run is replayed."""
    return frame.scope.uuid()


VALUES = (
    Function("str", to_string, "str(1.5) + ' ' + str(true)", "1.5 true"),
    Function("bool", to_boolean, "bool('yes') and not bool([])", result=True),
    Function("type", kind_of, "type([1])", "list"),
    Function("default", default, "default({'a': 1}.b, 'none')", "none"),
    Function("json", write_json, "json({'a': [1, null]})", '{"a": [1, null]}', cost=10),
    Function("parse_json", read_json, "parse_json('[1, {\"a\": null}]')", [1, {"a": None}], cost=15),
    Function("base64", write_base64, "base64('user:word')", "dXNlcjp3b3Jk", cost=5),
    Function("from_base64", read_base64, "from_base64('dXNlcjp3b3Jk')", "user:word", cost=8),
    Function("uuid", new_uuid, "len(uuid())", 36, cost=5),
)
