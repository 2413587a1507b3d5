"""The mail accounts of an installation, and what opens them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import SecretStr

from activities.drivers.oauth import Grant, SecretName, Tokens
from activities.secrets import Secrets, conceal
from activities.sessions.mailing import Account, AccountChoice
from workflows.errors import AccessDeniedError, ConfigurationError, UnknownSecretError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account, and what opens it."""

    account: Account
    tokens: Tokens | None = None
    """Where they come from, if they are got for it."""

    async def signed_in(self, work: Callable[[Account], Awaitable[T]]) -> T:
        """Do what signs in and may be begun anew; with another token where the server refuses the one it is shown."""
        if self.tokens is None:
            return await work(self.account)
        token = await self.tokens.current()
        try:
            return await work(self._with(token))
        except AccessDeniedError:
            fresh = await self.tokens.instead_of(token)
        try:
            return await work(self._with(fresh))
        except AccessDeniedError as error:
            raise AccessDeniedError(
                f"{error.message}; the token is a new one: see the account's 'user' and 'scope', and whether it lets "
                "the application use SMTP and IMAP"
            ) from error

    def _with(self, token: str) -> Account:
        return self.account.model_copy(update={"token": SecretStr(token)})


class Accounts:
    """The accounts that settings name; what they are opened with are names of secrets."""

    def __init__(
        self, accounts: Mapping[str, Account], *, grants: Mapping[str, Grant] | None = None, secrets: Secrets
    ) -> None:
        self._accounts = dict(accounts)
        self._secrets = secrets
        self._tokens = {name: self._tokens_of(name, grant) for name, grant in (grants or {}).items()}

    async def open(self, choice: AccountChoice) -> OpenAccount:
        """Give an account with what it is opened with.

        Raises:
            ConfigurationError: there is none of this name, or what it is opened with is missing.
        """
        if isinstance(choice, Account):
            return OpenAccount(choice)
        name = choice if choice is not None else self._only()
        if name not in self._accounts:
            raise ConfigurationError(
                f"there is no mail account {name!r}; the settings have {self._named()}: add a table "
                f"[mail.accounts.{name}] to aether.toml"
            )
        account = self._accounts[name]
        opened = {
            field: SecretStr(await self._secret(f"{name}.{field}", secret.get_secret_value()))
            for field, secret in (("password", account.password), ("token", account.token))
            if secret is not None
        }
        return OpenAccount(account.model_copy(update=opened), self._tokens.get(name))

    def _tokens_of(self, account: str, grant: Grant) -> Tokens:
        async def secret(field: SecretName) -> str:
            return (await self._secret(f"{account}.oauth.{field}", grant.secrets[field])).strip()

        return Tokens(grant, secret)

    def _only(self) -> str:
        if len(self._accounts) != 1:
            raise ConfigurationError(
                f"the step does not say which mail account it uses, and the settings have {self._named()}; name one "
                "with 'account'"
            )
        return next(iter(self._accounts))

    def _named(self) -> str:
        return ", ".join(map(repr, sorted(self._accounts))) or "none"

    async def _secret(self, field: str, name: str) -> str:
        try:
            value = await self._secrets.resolve(name)
        except UnknownSecretError:  # without the name, which may well be the password itself
            raise UnknownSecretError(
                f"the setting 'mail.accounts.{field}' must be the name of a secret, and there is none of that name; "
                "set it with: aether secret set NAME"
            ) from None
        conceal(value)
        return value
