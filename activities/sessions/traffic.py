"""The requests of pages: what is let through, what is answered in the network's place, what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, JsonValue

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
Resource = Literal[
    "document", "stylesheet", "image", "media", "font", "script", "texttrack", "xhr", "fetch", "eventsource",
    "websocket", "manifest", "other",
]  # fmt: skip
"""What a page asks for a thing as."""


class Answer(BaseModel):
    """What a request gets instead of the network's answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")

    status: int = 200
    headers: dict[str, str] = {}
    body: bytes = b""


class Rule(BaseModel):
    """What becomes of certain requests; everything that is given must be true of one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    urls: tuple[str, ...] = ()
    """Any of these addresses or paths, with `*` for anything; none is all."""
    resources: tuple[Resource, ...] = ()
    """Any of these kinds; none is all."""
    method: Method | None = None
    answer: Answer | None = None
    """What they get; None is nothing, they fail."""


@dataclass(frozen=True, slots=True)
class Sought:
    """An answer to wait for."""

    url: str
    """Its address or path, with `*` for anything."""
    method: Method | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer a page has got."""

    url: str
    status: int
    headers: Mapping[str, str]
    text: str | None
    """None for what is no text."""
    json: JsonValue
    """None for what is no JSON."""


class Traffic(Protocol):
    """What the pages of a run ask the network for, and what they get."""

    async def rule(self, rule: Rule) -> None:
        """Have requests blocked or answered from now on; the latest rule that fits counts."""

    async def let_through(self) -> int:
        """Forget all rules; how many there were."""

    async def response(self, sought: Sought) -> Response:
        """Wait for an answer, or take one that came since the last step that acted began."""
