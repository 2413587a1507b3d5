"""Text encodings by name, as parameters of nodes."""

from __future__ import annotations

import codecs
from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from workflows.errors import InvalidFileError


def _known(name: str) -> str:
    try:
        known = codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - 'rot13' and 'hex' are codecs, too
    except LookupError:
        known = False
    if not known:
        msg = f"expected a text encoding such as 'utf-8', 'cp1252' or 'utf-16', found {name!r}"
        raise ValueError(msg)
    return name


Encoding: TypeAlias = Annotated[str, AfterValidator(_known)]
"""The name of a text encoding."""

DETECT = "auto"


def _known_or_auto(name: str) -> str:
    return name if name == DETECT else _known(name)


EncodingOrAuto: TypeAlias = Annotated[str, AfterValidator(_known_or_auto)]
"""The name of a text encoding, or `auto` to find it out."""


def decode(content: bytes, encoding: Encoding, *, path: str) -> str:
    """Read text; a byte-order mark of Unicode is no part of it.

    Raises:
        InvalidFileError: the content is not text of this encoding.
    """
    name = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            f"{path!r} is not {encoding} text: byte {error.start} is 0x{content[error.start]:02x}; "
            "say which encoding it has (often 'cp1252'), or read it as base64"
        ) from error


def encode(text: str, encoding: Encoding, *, path: str) -> bytes:
    """Write text.

    Raises:
        InvalidFileError: the encoding has no way to write some character.
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise InvalidFileError(
            f"{path!r} cannot be written as {encoding}: it has no {text[error.start]!r}; use 'utf-8'"
        ) from error
