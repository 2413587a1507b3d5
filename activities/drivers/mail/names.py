"""Names of folders on their way to IMAP servers and back: modified UTF-7 (RFC 3501, section 5.1.3)."""

from __future__ import annotations

import base64
import re

_BEYOND = re.compile(r"&|[^\x20-\x7e]+")
_ENCODED = re.compile(rb"&([A-Za-z0-9+,]*)-")


def quoted(text: str) -> str:
    """Write a text as a string of IMAP."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def encoded(name: str) -> str:
    """Encode a folder's name."""
    return _BEYOND.sub(lambda found: "&-" if found[0] == "&" else _shifted(found[0]), name)


def decoded(name: bytes) -> str:
    """Decode a folder's name; what is encoded wrongly stays as it is."""
    try:
        return _ENCODED.sub(_unshifted, name).decode()
    except ValueError:
        return name.decode("utf-8", errors="replace")


def _shifted(text: str) -> str:
    return f"&{base64.b64encode(text.encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-"


def _unshifted(found: re.Match[bytes]) -> bytes:
    if not found[1]:
        return b"&"
    letters = found[1].replace(b",", b"/")
    return base64.b64decode(letters + b"=" * (-len(letters) % 4)).decode("utf-16-be").encode()
