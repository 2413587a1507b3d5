"""The settings of mail."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from activities.sessions.mailing import Server
from workers.section import Section

_OWN_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class OAuthSettings(Section):
    """How an account's OAuth2 tokens are got, and got anew before they end."""

    token_url: str
    """The token server, e.g. `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`."""
    client_id: str
    """What the application is called there."""
    client_secret: str | None = None
    """The name of the secret that the application signs in with."""
    refresh_token: str | None = None
    """The name of the secret that came of the consent of the account's owner; without one, the application signs in as
    itself."""
    scope: str | None = None
    """What the token shall open, with spaces between."""
    client_authentication: Literal["body", "basic"] = "body"
    """Where the application's name and secret are said: in the request, or in its header."""

    @field_validator("token_url")
    @classmethod
    def _private(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            fine = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _OWN_HOSTS)
            fine = fine and bool(parts.hostname) and parts.username is None
        except ValueError:
            fine = False
        if not fine:
            msg = "expected an address that begins with 'https://', and no user in it: secrets are sent there"
            raise ValueError(msg)
        return url

    @model_validator(mode="after")
    def _something_to_show(self) -> OAuthSettings:
        if self.client_secret is None and self.refresh_token is None:
            msg = "expected a 'refresh_token', a 'client_secret' or both"
            raise ValueError(msg)
        return self


class AccountSettings(Section):
    """One mail account."""

    user: str | None = None
    """As whom to sign in."""
    password: str | None = None
    """The name of the secret to sign in with."""
    token: str | None = None
    """The name of the secret with an OAuth2 access token, instead of a password."""
    oauth: OAuthSettings | None = None
    """How such tokens are got, instead of one that somebody else keeps fresh."""
    sender: str | None = None
    """The address its mail comes from."""
    smtp: Server | None = None
    """Who takes its mail."""
    imap: Server | None = None
    """Who keeps its mail."""
    sent_folder: str | None = None
    """Where what it sent is kept."""
    server_keeps_sent: bool = False
    """Whether the server keeps what it sent there by itself."""

    @model_validator(mode="after")
    def _one_key(self) -> AccountSettings:
        given = [name for name in ("password", "token", "oauth") if getattr(self, name) is not None]
        if len(given) > 1:
            msg = f"expected one of 'password', 'token' and 'oauth', found {' and '.join(map(repr, given))}"
            raise ValueError(msg)
        if self.oauth is not None and self.user is None:
            msg = "expected a 'user': tokens open the mail of somebody"
            raise ValueError(msg)
        return self


class MailSettings(Section):
    """What `mail.*` nodes use."""

    accounts: dict[str, AccountSettings] = Field(default={})
    """The accounts that steps name, each a table of its own: see [mail](mail.md)."""
    ca: Path | None = None
    """A file of certificates to trust besides those that the system trusts."""
    largest: int = Field(default=50 * 1024**2, ge=1)
    """The largest message that is sent or read, in bytes."""
