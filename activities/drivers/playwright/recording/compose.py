"""Making a document of what a person did."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import JsonValue

from activities.drivers.playwright.recording.note import Deed
from activities.fingerprints import FingerprintKey, Kept
from activities.sessions.target import Target, written
from workflows.document import Document

_LONGEST_NAME = 30
_RESERVED = frozenset(
    {"inputs", "run", "secret", "true", "false", "null", "none", "and", "or", "not", "in", "if", "else"}
)


def compose(name: str, deeds: Iterable[Deed]) -> Document:
    """Write the document that does the same: what was typed becomes inputs, passwords become secrets."""
    composer = _Composer()
    steps = [composer.step(deed) for deed in deeds]
    content: dict[str, Any] = {"aether": 1, "name": name, "needs": ["browser"], "steps": steps}
    if composer.inputs:
        content["inputs"] = composer.inputs
    return Document.model_validate(content)


def remembered(document: Document, deeds: Sequence[Deed]) -> list[Kept]:
    """What is known of the elements of a document that was composed of these deeds."""
    return [
        Kept(
            key=FingerprintKey(document=document.name, step=str(step.id), target=str(seen.target), page=seen.page),
            fingerprint=seen.fingerprint,
        )
        for step, deed in zip(document.steps, deeds, strict=True)
        for seen in deed.seen
    ]


class _Composer:
    """Gives out names, each once."""

    def __init__(self) -> None:
        self.inputs: dict[str, JsonValue] = {}
        self._taken: set[str] = set(_RESERVED)

    def step(self, deed: Deed) -> JsonValue:
        """One step of the document."""
        params: dict[str, JsonValue] = {}
        if deed.page is not None:
            params["page"] = deed.page
        if deed.target is not None:
            params["target"] = written(deed.target)
        params |= self._params(deed)
        name = deed.kind if deed.kind in {"back", "forward", "reload"} else f"{deed.kind}_{_said(deed)}"
        return {"id": self._free(name), "do": f"browser.{deed.kind}", "with": params}

    def _params(self, deed: Deed) -> dict[str, JsonValue]:  # noqa: PLR0911 - one line per kind
        match deed.kind:
            case "open":
                return {"url": self._input("portal", deed.value or "")}
            case "goto" | "open_tab":
                return {"url": deed.value}
            case "fill" if deed.secret:
                return {"value": f"${{{{ secret('{_named(deed)}') }}}}"}
            case "fill":
                return {"value": self._input(_named(deed), deed.value or "")}
            case "check":
                return {} if deed.checked else {"checked": False}
            case "select":
                return {"label": deed.labels[0] if len(deed.labels) == 1 else list(deed.labels)}
            case "upload":
                files: list[JsonValue] = [self._file(name) for name in deed.labels]
                return {"path": files[0] if len(files) == 1 else files}
            case "press":
                return {"key": deed.value} | _outcome(deed)
            case "click":
                return _manner(deed) | _outcome(deed)
            case "drag" if deed.to is not None:
                return {"to": written(deed.to)}
            case _:
                return {}

    def _input(self, name: str, value: str) -> str:
        free = self._free(name)
        self.inputs[free] = {"type": "string", "default": value}
        return f"${{{{ inputs.{free} }}}}"

    def _file(self, name: str) -> str:
        free = self._free(_slug(name.rpartition(".")[0]) or "file")
        self.inputs[free] = {"type": "file", "description": f"e.g. {name}"}
        return f"${{{{ inputs.{free} }}}}"

    def _free(self, name: str) -> str:
        free, number = name, 1
        while free in self._taken:
            number += 1
            free = f"{name}_{number}"
        self._taken.add(free)
        return free


def _manner(deed: Deed) -> dict[str, JsonValue]:
    """How it was clicked, unless as usual."""
    found: dict[str, JsonValue] = {"button": deed.button} if deed.button != "left" else {}
    return found | {"count": deed.count} if deed.count > 1 else found


def _outcome(deed: Deed) -> dict[str, JsonValue]:
    """What came of a click or key that the step must be ready for."""
    found: dict[str, JsonValue] = {}
    if deed.opens is not None and deed.kind == "click":
        found["opens"] = deed.opens
    if deed.dialog:
        found["dialog"] = "accept"
    return found


def _said(deed: Deed) -> str:
    """What it was done to, as part of a name."""
    if deed.target is None:
        return _slug(deed.page or "") or "page"
    return _slug(_words(deed.target)) or deed.target.role or "it"


def _named(deed: Deed) -> str:
    return _said(deed) if deed.target is not None else "value"


def _words(target: Target) -> str:
    said = (target.name, target.label, target.test_id, target.placeholder, target.text, target.title, target.alt)
    named = next((words for words in said if words), None)
    if named is None and target.css:
        named = target.css.partition("=")[2] or target.css
    return named or ""


def _slug(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")[:_LONGEST_NAME].strip("_")
    return slug if slug[:1].isalpha() else f"n_{slug}" if slug else ""
