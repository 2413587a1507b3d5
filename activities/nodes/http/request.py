"""Send a request to a web service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue, TypeAdapter, ValidationError, model_validator

from activities.node import Params, Result, node
from activities.sessions.http import HTTP, Credentials, Http, HttpRequest
from activities.status import check_status, text_of_answer
from activities.table import text_of
from workflows.duration import Duration
from workflows.spec import Effect, EffectRule

_KEYED_METHODS = {"POST", "PATCH"}
_FIRST_ERROR = 400
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)

Status: TypeAlias = Annotated[int, Field(ge=100, le=599)]
Scalar: TypeAlias = str | int | float | bool | None


class Auth(Params):
    """Who asks: a user name with a password, or a bearer token."""

    username: str | None = None
    """For HTTP Basic authentication."""
    password: str | None = None
    """For HTTP Basic authentication."""
    bearer: str | None = None
    """A token, sent as `Authorization: Bearer …`."""

    @model_validator(mode="after")
    def _one_kind(self) -> Auth:
        given = (self.username is not None, self.password is not None, self.bearer is not None)
        if given not in {(True, True, False), (False, False, True)}:
            msg = "expected 'username' and 'password', or 'bearer'"
            raise ValueError(msg)
        return self


class Request(Params):
    """What to send, and what to expect."""

    method: Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    """What to do."""
    url: str
    """Where: an address that begins with `https://` or `http://`."""
    params: dict[str, Scalar | list[Scalar]] = Field(default={})
    """Added to the address as its query; a list repeats its name, null is left out."""
    headers: dict[str, str] = Field(default={})
    """Sent along."""
    json_: JsonValue = Field(default=None, alias="json")
    """Sent as JSON."""
    form: dict[str, Scalar] | None = None
    """Sent as a web form."""
    body: str | None = None
    """Sent as it is, in UTF-8; name its type in `headers`."""
    auth: Auth | None = None
    """Who asks."""
    timeout: Duration | None = None
    """How long to wait for the whole answer; by default as long as the step may take."""
    expect_status: Status | list[Status] | None = None
    """The only statuses that are fine; by default all below 400."""
    save_as: str | None = None
    """Where to save the content of the answer, in the run's workspace; of any length the robot allows."""
    follow_redirects: bool = True
    """Whether to go where an answer points."""
    verify_tls: bool = True
    """Whether the server must have a valid certificate."""
    idempotent: bool = False
    """The server does a request with the same Idempotency-Key once only, so that a POST or PATCH can be repeated."""

    @model_validator(mode="after")
    def _one_content(self) -> Request:
        given = [name for name in ("json", "form", "body") if self.model_fields_set & {name, f"{name}_"}]
        if len(given) > 1:
            msg = f"expected one content, found {' and '.join(map(repr, given))}"
            raise ValueError(msg)
        return self


class Answer(Result):
    """What the server answered."""

    status: int
    """The HTTP status."""
    headers: dict[str, str]
    """By lower-case name; several of one name are joined by commas."""
    json_: JsonValue = Field(alias="json")
    """The content, if it is JSON; else null."""
    text: str | None
    """The content as text; null for other content, and where it was saved."""
    path: str | None
    """The file with the content, if it was saved."""
    url: str
    """Where redirects led."""
    seconds: float
    """How long it took."""


@node(
    "http.request",
    needs=HTTP,
    effect=Effect.ONCE,
    effects=[
        EffectRule(param="method", values=("GET", "HEAD", "OPTIONS"), effect=Effect.READ),
        EffectRule(param="method", values=("PUT", "DELETE"), effect=Effect.IDEMPOTENT),
        EffectRule(param="idempotent", values=(True,), effect=Effect.IDEMPOTENT),
    ],
    label="url",
    workspace=True,
)
async def request(http: Http, params: Request) -> Answer:
    """Send a request to a web service and read the answer.

    GET, HEAD and OPTIONS only look, PUT and DELETE may be repeated; POST and PATCH happen once: they carry an
    `Idempotency-Key` that is the same for all attempts of the step, and are repeated only if the step says
    `idempotent: true`, or when nothing had been sent yet or the server refused. A `method` that is an expression counts
    as POST unless the step says its `effect`.

    A status that is not expected is an error: 401, 403 and 407 an AccessDeniedError (configuration); 408, 425, 429
    and all from 500 a ServerFailedError (robot: repeated, not before a `Retry-After` is over); any other a
    RequestRefusedError (business). Each tells `status` and the beginning of the content in its details.

    ```yaml
    - id: rates
      do: http.request
      with: {url: "http://127.0.0.1:8000/rates.json", params: {base: EUR}}
    - if: "${{ rates.json.USD > 1 }}"
      then:
        - do: http.request
          with:
            method: POST
            url: http://127.0.0.1:8000/orders
            json: {amount: 100, currency: USD}
            expect_status: 201
    ```
    """
    sent = _request(http, params)
    async with AsyncExitStack() as stack:
        path = await stack.enter_async_context(http.workspace.writing(params.save_as)) if params.save_as else None
        answer = await http.send(sent, save=path)
        check_status(answer, params.method, _expected(params), harmless=http.harmless)
        if path is not None and answer.status >= _FIRST_ERROR:  # an error page that was expected
            await asyncio.to_thread(path.write_bytes, answer.content)
    text = text_of_answer(answer) if path is None else None
    return Answer(
        status=answer.status,
        headers=dict(answer.headers),
        json_=_json(text),
        text=text,
        path=params.save_as,
        url=answer.url,
        seconds=answer.seconds,
    )


def _request(http: Http, params: Request) -> HttpRequest:
    headers = {"Idempotency-Key": http.key} if params.method in _KEYED_METHODS else {}
    content = params.body.encode() if params.body is not None else None
    if params.model_fields_set & {"json", "json_"}:
        content = json.dumps(params.json_, ensure_ascii=False).encode()
        headers["Content-Type"] = "application/json"
    if params.auth and params.auth.bearer is not None:
        headers["Authorization"] = f"Bearer {params.auth.bearer}"
    own = {name.lower() for name in params.headers}
    return HttpRequest(
        method=params.method,
        url=params.url,
        headers={name: value for name, value in headers.items() if name.lower() not in own} | params.headers,
        query=tuple(_query(params)),
        content=content,
        form={name: text_of(value) for name, value in params.form.items()} if params.form is not None else None,
        credentials=_credentials(params.auth),
        timeout=params.timeout,
        follow_redirects=params.follow_redirects,
        verify_tls=params.verify_tls,
    )


def _query(params: Request) -> Iterator[tuple[str, str]]:
    for name, given in params.params.items():
        for value in given if isinstance(given, list) else [given]:
            if value is not None:
                yield name, text_of(value)


def _credentials(auth: Auth | None) -> Credentials | None:
    if auth is None or auth.username is None or auth.password is None:
        return None
    return Credentials(auth.username, auth.password)


def _expected(params: Request) -> list[int] | None:
    return [params.expect_status] if isinstance(params.expect_status, int) else params.expect_status


def _json(text: str | None) -> JsonValue:
    """Read JSON whatever the server calls it; many say text/html."""
    if not text:
        return None
    try:
        return _JSON.validate_json(text)
    except ValidationError:
        return None
