"""Content of runs that must not lie about in the clear: sealed before it is stored."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workflows.errors import SecretStoreError

_NONCE_BYTES = 12
_PURPOSE = b"aether-sealed/1"


class Seal:
    """Seals and opens content with one key (AES-256-GCM)."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, content: bytes) -> bytes:
        """Seal content."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, _PURPOSE)

    def open(self, sealed: bytes) -> bytes:
        """Give sealed content back.

        Raises:
            SecretStoreError: it was sealed with another key, or changed.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _PURPOSE)
        except InvalidTag as error:
            raise SecretStoreError(
                "stored content of a run cannot be opened with this robot's key; "
                "all robots of an installation need the same key (setting 'secrets_key')"
            ) from error
