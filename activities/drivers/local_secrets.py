"""Secrets in one encrypted file, for an installation without a vault."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import os
import re
import secrets as randomness
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import override

from activities.private import private_directory
from activities.secrets import Secrets
from workflows.errors import SecretStoreError, UnknownSecretError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_FORMAT = "aether-secrets/1"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")


class _Envelope(BaseModel):
    """The file: everything but what is needed to open it is encrypted, names included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    key: str
    """Which key it was closed with, so that a wrong key can be told from a damaged file."""
    nonce: str
    content: str


class LocalSecrets(Secrets):
    """Secrets by name in a file, encrypted with AES-256-GCM.

    The key is given (32 bytes as Base64), or kept in a file of its own that is made when the first secret is set.
    Writers take turns and replace the whole file at once, so readers never wait and never see half of it.
    """

    def __init__(self, path: Path, key_file: Path, *, key: str | None = None) -> None:
        self._path = path
        self._key_file = key_file
        self._given_key = key

    @override
    async def resolve(self, name: str) -> str:
        return await asyncio.to_thread(self.get, name)

    def get(self, name: str) -> str:
        """Give a secret's value.

        Raises:
            UnknownSecretError: nobody has set it.
        """
        values = self._read()
        if name not in values:
            raise UnknownSecretError(f"no secret {name!r} is set; set it with: aether secret set {name}")
        return values[name]

    def names(self) -> tuple[str, ...]:
        """List the names of all secrets."""
        return tuple(sorted(self._read()))

    def set(self, name: str, value: str) -> None:
        """Keep a value under a name, in place of the one it had."""
        if not _NAME.fullmatch(name):
            raise SecretStoreError(
                f"expected a secret's name of letters, digits, '.', '_' and '-', at most 200, found {name!r}"
            )
        if not value:
            raise SecretStoreError(f"secret {name!r} has no value; to remove it: aether secret delete {name}")
        with self._writing() as values:
            values[name] = value

    def delete(self, name: str) -> bool:
        """Forget a secret; whether there was one."""
        if not self._path.exists():
            return False
        with self._writing() as values:
            return values.pop(name, None) is not None

    def sealing_key(self) -> bytes:
        """Give the key that content of runs is sealed with: made from the key of the secrets, and not that key."""
        return hashlib.sha256(b"aether-sealing-key" + self._key(create=not self._path.exists())).digest()

    @contextmanager
    def _writing(self) -> Iterator[dict[str, str]]:
        private_directory(self._path.parent)
        with _turn(self._path.with_name(f"{self._path.name}.lock")):
            values = self._read()
            yield values
            key = self._key(create=not self._path.exists())
            nonce = randomness.token_bytes(_NONCE_BYTES)
            content = AESGCM(key).encrypt(nonce, json.dumps(values).encode(), _FORMAT.encode())
            envelope = _Envelope(format=_FORMAT, key=_name_of(key), nonce=_text(nonce), content=_text(content))
            _replace(self._path, envelope.model_dump_json().encode())

    def _read(self) -> dict[str, str]:
        try:
            envelope = _Envelope.model_validate_json(self._path.read_bytes())
            nonce, content = _bytes(envelope.nonce), _bytes(envelope.content)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SecretStoreError(f"cannot read the secrets {str(self._path)!r}: {error.strerror}") from error
        except (ValidationError, binascii.Error) as error:
            self._damaged(error)
        key = self._key(create=False)
        if envelope.key != _name_of(key):
            raise SecretStoreError(
                f"the secrets {str(self._path)!r} were encrypted with another key than that of {self._key_source}; "
                "give that key, or delete the file and set the secrets anew"
            )
        try:
            opened: dict[str, str] = json.loads(AESGCM(key).decrypt(nonce, content, _FORMAT.encode()))
        except (InvalidTag, ValueError) as error:
            self._damaged(error)
        return opened

    def _damaged(self, cause: Exception) -> NoReturn:
        raise SecretStoreError(
            f"the secrets {str(self._path)!r} are damaged; restore the file from a backup, or delete it and set the "
            "secrets anew"
        ) from cause

    @property
    def _key_source(self) -> str:
        return "the environment" if self._given_key is not None else repr(str(self._key_file))

    def _key(self, *, create: bool) -> bytes:
        if self._given_key is not None:
            return _checked_key(self._given_key, self._key_source)
        try:
            _refuse_readable_by_others(self._key_file)
            return _checked_key(self._key_file.read_text(encoding="ascii"), self._key_source)
        except FileNotFoundError as error:
            if create:
                return self._make_key()
            raise SecretStoreError(
                f"the key {str(self._key_file)!r} of the secrets {str(self._path)!r} is missing; restore it, or delete "
                "the secrets and set them anew"
            ) from error
        except OSError as error:
            raise SecretStoreError(f"cannot read the key {str(self._key_file)!r}: {error.strerror}") from error

    def _make_key(self) -> bytes:
        private_directory(self._key_file.parent)
        key = randomness.token_bytes(_KEY_BYTES)
        try:
            handle = os.open(self._key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another installation of this user was first
            return self._key(create=False)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_text(key))
        return key


def _checked_key(text: str, source: str) -> bytes:
    try:
        key = _bytes(text.strip())
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise SecretStoreError(
            f"the key of {source} is not {_KEY_BYTES} bytes as Base64; make one with: openssl rand -base64 {_KEY_BYTES}"
        )
    return key


def _refuse_readable_by_others(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise SecretStoreError(f"the key {str(path)!r} can be read by others (mode {mode:o}); run: chmod 600 {path}")


def _name_of(key: bytes) -> str:
    return hashlib.sha256(b"aether-secrets-key" + key).hexdigest()[:16]


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _replace(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """Wait for one's turn among the processes and threads that use this lock file; the system ends it with them."""
    with path.open("a+b") as file:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
