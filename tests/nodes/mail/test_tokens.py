"""Accounts whose tokens are got, and got anew, from a token server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.mail.driver import MailDriver
from activities.drivers.oauth import Grant, SecretName, Tokens
from activities.nodes.mail import search, send
from tests.support.eventually import eventually
from tests.support.mailbox import MailServer, account_of
from tests.support.steps import KnownSecrets, Steps, failure_of
from tests.support.tokens import TokenServer, token_server
from workflows.errors import AccessDeniedError

LETTER = {"to": "ann@example.com", "subject": "The report", "text": "It is done."}
NAMES: Mapping[SecretName, str] = {"client_secret": "client", "refresh_token": "refresh"}


@pytest.fixture
async def server(office: MailServer) -> AsyncIterator[TokenServer]:
    """A token server; the mail server knows the last token that it gave."""

    def known(token: str) -> None:
        office.smtp.token = token

    async with token_server() as served:
        served.on_token = known
        yield served


def grant_of(server: TokenServer, **others: Any) -> Grant:
    facts: dict[str, Any] = {
        "place": "mail.accounts.office.oauth",
        "token_url": server.url,
        "client_id": server.client_id,
        "scope": "mail offline_access",
        "secrets": NAMES,
    }
    return Grant(**facts | others)


def secrets_of(server: TokenServer) -> dict[str, str]:
    return {"client": server.client_secret, "refresh": f"{next(iter(server.refresh_tokens))}\n"}


@pytest.fixture
def renewing(tmp_path: Path, office: MailServer, server: TokenServer) -> Steps:
    """Steps with an account that is opened with tokens of the server."""
    (tmp_path / "renewing").mkdir()
    secrets = KnownSecrets(secrets_of(server))
    driver = MailDriver(
        {"office": account_of(office, password=None)}, grants={"office": grant_of(server)}, secrets=secrets
    )
    return Steps(tmp_path / "renewing", driver.provider(), secrets=secrets.values)


async def test_one_token_opens_the_account_for_many_steps(
    renewing: Steps, office: MailServer, server: TokenServer
) -> None:
    found = await renewing.do(search.search)
    sent = await renewing.do(send.send, LETTER | {"check_sent": True})

    assert (0, True, 1) == (found["count"], sent["kept"], len(office.sent))
    assert [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-0f-office",
            "client_id": "aether-client",
            "client_secret": "client-s3cret",
            "scope": "mail offline_access",
        }
    ] == server.requests


async def test_a_refused_token_is_replaced_once_and_the_letter_is_sent_once(
    renewing: Steps, office: MailServer, server: TokenServer
) -> None:
    await renewing.do(search.search)
    office.smtp.token = "the last one was withdrawn"

    await renewing.do(send.send, LETTER)
    office.smtp.token = "and this one, too"
    await renewing.do(search.search)

    assert (3, 1) == (len(server.requests), len(office.sent))


async def test_a_new_token_that_is_refused_is_told_from_an_old_one(
    renewing: Steps, office: MailServer, server: TokenServer
) -> None:
    server.on_token = lambda _: None

    reading = await failure_of(renewing.do(search.search))
    sending = await failure_of(renewing.do(send.send, LETTER))

    assert [("AccessDeniedError", False)] * 2 == [(each.type, each.acted) for each in (reading, sending)]
    assert "refuses user 'office'" in reading.message
    assert "the token is a new one: see the account's 'user' and 'scope'" in sending.message
    assert ([], 3) == (office.sent, len(server.requests))


async def test_what_opens_the_account_is_never_said(renewing: Steps, office: MailServer, server: TokenServer) -> None:
    await renewing.do(search.search)
    known = [server.given[-1], server.client_secret, *server.refresh_tokens]

    sent = await renewing.do(send.send, LETTER | {"message_id": f"<{'.'.join(known)}@example.com>"})

    assert ("<***.***.***@example.com>", 1) == (sent["message_id"], len(office.sent))


@dataclass(frozen=True)
class Refusal:
    """What a token server says, and what a step does then."""

    id: str
    status: int
    said: dict[str, Any] | bytes
    error: str
    words: str


REFUSALS = (
    Refusal(
        "an ended refresh token",
        400,
        {"error": "invalid_grant", "error_description": "AADSTS700082: refresh-0f-office\r\nhas expired"},
        "AccessDeniedError",
        "(invalid_grant: AADSTS700082: *** has expired); the refresh token has ended, was withdrawn (as by a new "
        "password) or belongs to another client: let the account's owner sign in again, and put the new one into the "
        "secret that the setting 'mail.accounts.office.oauth.refresh_token' names, with: aether secret set NAME",
    ),
    Refusal("another client", 401, {"error": "invalid_client"}, "AccessDeniedError", "'client_secret' names has ended"),
    Refusal(
        "a wrong scope", 400, {"error": "invalid_scope"}, "AccessDeniedError", "'mail.accounts.office.oauth.scope'"
    ),
    Refusal("anything else", 400, {"error": "consent_required"}, "AccessDeniedError", "(consent_required); see the"),
    Refusal("no time", 400, {"error": "temporarily_unavailable"}, "ServerFailedError", "(temporarily_unavailable)"),
    Refusal("a failure", 503, b"<html>", "ServerFailedError", "answered 503"),
    Refusal("too many requests", 429, b"", "ServerFailedError", "answered 429"),
    Refusal("another page", 200, b"<html>Welcome", "ConfigurationError", "'mail.accounts.office.oauth.token_url'"),
    Refusal("a redirect", 302, b"", "ConfigurationError", "answered 302 without a token"),
    Refusal("another kind", 200, {"access_token": "x", "token_type": "mac"}, "ConfigurationError", "without a token"),
    Refusal("no end", 200, b" " * 1_000_000, "ConfigurationError", "without a token"),
)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.id)
async def test_a_token_server_that_gives_none_is_explained(
    renewing: Steps, office: MailServer, server: TokenServer, case: Refusal
) -> None:
    server.answers.append((case.status, case.said))

    error = await failure_of(renewing.do(send.send, LETTER))

    assert (case.error, False) == (error.type, error.acted)
    assert "the token server '127.0.0.1'" in error.message
    assert case.words in error.message
    assert ([], 1) == (office.sent, len(server.requests))


async def test_a_token_server_that_is_not_there_is_tried_again_later(tmp_path: Path, office: MailServer) -> None:
    grant = Grant("mail.accounts.office.oauth", "http://127.0.0.1:1/token", "aether-client")
    driver = MailDriver({"office": account_of(office, password=None)}, grants={"office": grant}, secrets=KnownSecrets())
    (tmp_path / "own").mkdir()

    error = await failure_of(Steps(tmp_path / "own", driver.provider()).do(search.search))

    assert ("ServerUnreachableError", "robot", False) == (error.type, error.kind, error.acted)


async def test_a_secret_that_nobody_set_is_told_by_its_setting(
    tmp_path: Path, office: MailServer, server: TokenServer
) -> None:
    accounts = {"office": account_of(office, password=None)}
    driver = MailDriver(accounts, grants={"office": grant_of(server)}, secrets=KnownSecrets())
    (tmp_path / "own").mkdir()

    error = await failure_of(Steps(tmp_path / "own", driver.provider()).do(search.search))

    assert ("UnknownSecretError", []) == (error.type, server.requests)
    assert "'mail.accounts.office.oauth.refresh_token' must be the name of a secret" in error.message


@dataclass
class Kept:
    """Secrets that a person may set anew, and a clock that tells what it is told."""

    values: dict[SecretName, str]
    now: float = 0.0

    async def secret(self, name: SecretName) -> str:
        return self.values[name]

    def clock(self) -> float:
        return self.now


def tokens_of(server: TokenServer, **others: Any) -> tuple[Tokens, Kept]:
    kept = Kept({"client_secret": server.client_secret, "refresh_token": "refresh-0f-office"})
    return Tokens(grant_of(server, **others), kept.secret, clock=kept.clock), kept


@pytest.mark.parametrize(("lifetime", "fresh_until"), [(3600, 3300), (100, 80)])
async def test_a_token_is_got_anew_before_it_ends(server: TokenServer, lifetime: int, fresh_until: int) -> None:
    server.lifetime = lifetime
    tokens, kept = tokens_of(server)

    first = await tokens.current()
    kept.now = fresh_until - 1
    same = await tokens.current()
    kept.now = fresh_until
    other = await tokens.current()

    assert (server.given[0], server.given[0], server.given[1]) == (first, same, other)


async def test_a_token_whose_end_nobody_tells_is_used_until_it_is_refused(server: TokenServer) -> None:
    server.lifetime = None
    tokens, kept = tokens_of(server)

    first = await tokens.current()
    kept.now = 1e9
    same = await tokens.current()
    other = await tokens.instead_of(first)

    assert (first, True) == (same, other != first)


async def test_steps_that_need_a_token_at_the_same_time_share_one(server: TokenServer) -> None:
    server.holding = asyncio.Event()
    tokens, _ = tokens_of(server)
    waiting = [asyncio.create_task(tokens.current()) for _ in range(5)]
    await eventually(lambda: 1 == len(server.requests))

    waiting[0].cancel()
    await asyncio.wait(waiting[:1])
    server.holding.set()
    got = await asyncio.gather(*waiting[1:])
    others = await asyncio.gather(*(tokens.instead_of(got[0]) for _ in range(3)))
    late = await tokens.instead_of(got[0])

    assert ({server.given[0]}, {server.given[1]}, server.given[1]) == (set(got), set(others), late)
    assert 2 == len(server.requests)


async def test_a_refresh_token_that_the_server_replaces_is_used_from_then_on(server: TokenServer) -> None:
    server.rotates = True
    tokens, kept = tokens_of(server)

    first = await tokens.current()
    second = await tokens.instead_of(first)
    server.refresh_tokens = {"set anew"}
    kept.values["refresh_token"] = "set anew"
    await tokens.instead_of(second)

    assert ["refresh-0f-office", "refresh-rotated-1", "set anew"] == [each["refresh_token"] for each in server.requests]


async def test_the_secret_is_shown_again_where_the_server_withdrew_what_it_gave_instead(server: TokenServer) -> None:
    server.rotates = True
    tokens, _ = tokens_of(server)
    first = await tokens.current()
    server.refresh_tokens = {"refresh-0f-office"}

    await tokens.instead_of(first)
    server.refresh_tokens = set()
    with pytest.raises(AccessDeniedError):
        await tokens.instead_of(server.given[-1])

    shown = [each["refresh_token"] for each in server.requests]
    assert ["refresh-rotated-1", "refresh-0f-office", "refresh-rotated-2", "refresh-0f-office"] == shown[1:]


@pytest.mark.parametrize("place", ["body", "basic"])
async def test_a_client_can_sign_in_as_itself(server: TokenServer, place: str) -> None:
    server.client_id, server.client_secret = "a client/1", "käse+100% :"
    only = {"client_secret": "client"}
    tokens, _ = tokens_of(server, secrets=only, client_authentication=place)

    token = await tokens.current()

    assert ([token], "client_credentials") == (server.given, server.requests[0]["grant_type"])
    assert (place == "body") == ("client_secret" in server.requests[0])
