"""A real token server: it gives access tokens to those who show what RFC 6749 asks for."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from tests.support.web import Received, Web, respond, web

PATH = "/oauth2/token"


@dataclass
class TokenServer:
    """Knows one client, and the refresh tokens of one account."""

    web: Web
    client_id: str = "aether-client"
    client_secret: str = "client-s3cret"
    refresh_tokens: set[str] = field(default_factory=lambda: {"refresh-0f-office"})
    lifetime: int | None = 3600
    """Seconds that tokens are said to be good for."""
    rotates: bool = False
    """Whether each refresh token is good for once."""
    answers: list[tuple[int, dict[str, Any] | bytes]] = field(default_factory=list)
    """What is said to the next requests instead."""
    requests: list[dict[str, str]] = field(default_factory=list)
    """The forms of all requests."""
    given: list[str] = field(default_factory=list)
    """All access tokens."""
    on_token: Callable[[str], None] = lambda _: None
    """Who is told of a new one."""
    holding: asyncio.Event | None = None
    """What the next answers wait for."""

    @property
    def url(self) -> str:
        return self.web.url(PATH)

    async def answer(self, request: Received, writer: Any) -> None:
        """Give a token or say why not."""
        form = dict(parse_qsl(request.body.decode(), strict_parsing=True))
        self.requests.append(form)
        if self.holding is not None:
            await self.holding.wait()
        status, said = self.answers.pop(0) if self.answers else self._token(request, form)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        await respond(writer, status, body, Content_Type="application/json")

    def _token(self, request: Received, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self._client(request, form) != (self.client_id, self.client_secret):
            return 401, {"error": "invalid_client"}
        refreshed = form.get("refresh_token")
        if form["grant_type"] == "refresh_token" and refreshed not in self.refresh_tokens:
            return 400, {"error": "invalid_grant", "error_description": f"{refreshed} has\r\nended"}
        token = f"access-t0ken-{len(self.given) + 1}"
        self.given.append(token)
        self.on_token(token)
        facts = {"expires_in": self.lifetime, "refresh_token": self._rotated(refreshed)}
        given = {name: value for name, value in facts.items() if value is not None}
        return 200, {"access_token": token, "token_type": "Bearer", **given}

    def _client(self, request: Received, form: dict[str, str]) -> tuple[str, str]:
        kind, _, said = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic":
            return form.get("client_id", ""), form.get("client_secret", "")
        user, _, password = base64.b64decode(said).decode().partition(":")
        return unquote_plus(user), unquote_plus(password)

    def _rotated(self, refreshed: str | None) -> str | None:
        if not self.rotates or refreshed is None:
            return None
        self.refresh_tokens.remove(refreshed)
        new = f"refresh-rotated-{len(self.given)}"
        self.refresh_tokens.add(new)
        return new


@asynccontextmanager
async def token_server() -> AsyncIterator[TokenServer]:
    """Serve for as long as the block lasts."""
    async with web() as served:
        server = TokenServer(served)
        served.behave(PATH, server.answer)
        yield server
