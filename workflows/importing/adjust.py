"""What a table of fields cannot say of some nodes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from pydantic import JsonValue

from workflows.importing.graph import Node
from workflows.importing.notes import Notes
from workflows.importing.translate import Translator

Step: TypeAlias = dict[str, JsonValue]
Adjustment: TypeAlias = Callable[[Node, Step, Translator, Notes], Iterator[Step]]
"""Completes a node's parameters in place; the steps that must follow."""


def _keys(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:  # noqa: ARG001
    """Keys that are pressed after typing."""
    params.setdefault("value", "")
    for field, key in (("press_enter_after", "Enter"), ("press_tab_after", "Tab")):
        if node.config.get(field) is True:
            yield {"do": "browser.press", "with": {"key": key, "target": params.get("target")}}


def _choice(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:
    """Which of a list's entries is meant."""
    by = str(node.config.get("select_by") or "value")
    if by not in {"value", "label"}:
        notes.error(node.id, "select_by", f"an entry cannot be chosen by its {by} here", "choose it by value or label")
        by = "value"
    params[by] = translator.given(node, "value") or ""
    yield from ()


def _viewport(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:  # noqa: ARG001
    """How large the page is."""
    width, height = node.config.get("viewport_width"), node.config.get("viewport_height")
    if isinstance(width, int) and isinstance(height, int) and "url" in params:
        params["viewport"] = {"width": width, "height": height}
    if node.config.get("headless") is False:
        notes.warn(node.id, "headless", "it is left out: the robot decides whether its browser is shown")
    yield from ()


def _body(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:  # noqa: ARG001
    """What a request sends, and as what."""
    body = translator.given(node, "body")
    if body is not None:
        kind = str(node.config.get("content_type") or "application/json")
        parsed = _parsed(body)
        if kind == "application/json" and not isinstance(parsed, str):
            params["json"] = parsed
        else:
            params["body"] = body if isinstance(body, str) else json.dumps(body)
            headers = params.get("headers")
            params["headers"] = {"Content-Type": kind, **(headers if isinstance(headers, dict) else {})}
    for field in ("headers", "params"):
        if isinstance(text := params.get(field), str) and not isinstance(parsed := _parsed(text), str):
            params[field] = parsed
    yield from ()


def _parsed(value: JsonValue) -> JsonValue:
    """JSON text as what it says; expressions inside its texts stay."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _format(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:  # noqa: ARG001
    """Whether a file is text."""
    if node.config.get("binary_mode") is True:
        params["format"] = "base64"
        notes.warn(node.id, "binary_mode", "the content is base64 text here")
    yield from ()


def _pattern(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:  # noqa: ARG001
    """Which files are listed."""
    folder = translator.given(node, "directory_path", "dir_path") or ""
    pattern = translator.given(node, "pattern") or "*"
    parts = [str(folder).strip("/"), "**" if node.config.get("recursive") is True else "", str(pattern)]
    params["pattern"] = "/".join(part for part in parts if part and part != ".")
    yield from ()


def _json(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:
    """A value as the text of a file."""
    value = translator.given(node, "data")
    if value is None:
        notes.error(node.id, "data", "nothing says what to write")
    params["content"] = f"${{{{ json({translator.expression(value, node.id, 'data')}) }}}}"
    yield from ()


def _required(*fields: str) -> Adjustment:
    """Some parameters must be there."""

    def adjust(node: Node, params: Step, translator: Translator, notes: Notes) -> Iterator[Step]:  # noqa: ARG001
        for field in fields:
            if field not in params:
                notes.error(node.id, field, "nothing says what to write")
        yield from ()

    return adjust


ADJUSTMENTS: Final[Mapping[str, Adjustment]] = {
    "TypeTextNode": _keys,
    "SelectDropdownNode": _choice,
    "LaunchBrowserNode": _viewport,
    "HttpRequestNode": _body,
    "ReadFileNode": _format,
    "WriteFileNode": _format,
    "ListFilesNode": _pattern,
    "ListDirectoryNode": _pattern,
    "WriteJSONFileNode": _json,
    "WriteCSVNode": _required("records"),
}
"""By type of node."""
