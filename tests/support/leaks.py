"""Looking for a secret in everything that an installation leaves behind, however it may be written there."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote_to_bytes

_SHOWN = 60
"""Bytes around a find."""


def leaks(secret: str, evidence: Mapping[str, bytes]) -> list[str]:
    """Name every place where a secret is, with what stands around it."""
    forms = sorted(set(written(secret)), key=len, reverse=True)
    pattern = re.compile(b"|".join(map(re.escape, forms)))
    found = []
    for place, content in evidence.items():
        for reading in readings(content):
            hit = pattern.search(reading)
            if hit:
                start = max(0, hit.start() - _SHOWN)
                found.append(f"{place}: {reading[start : hit.end() + _SHOWN]!r}")
                break
    return found


def written(secret: str) -> Iterator[bytes]:
    """Name the ways in which a secret may be written."""
    plain = [secret, secret.replace('"', "'")]
    escaped = [json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]]
    nested = [json.dumps(text)[1:-1] for text in escaped]
    for text in (secret, *escaped, *nested):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield from _inside_base64(text.encode())
    yield from (text.encode() for text in (quote(secret), quote(secret, safe=""), quote_plus(secret)))
    yield html.escape(secret).encode()
    yield secret.encode().hex().encode()
    yield secret.encode().hex().upper().encode()
    yield secret.encode().decode("latin-1").encode()
    yield from (text.encode("latin-1") for text in plain[:1])


def readings(content: bytes) -> Iterator[bytes]:
    """Give content as it is, with the escapes of addresses and of HTML undone, and what archives hold."""
    yield content
    yield unquote_to_bytes(content)
    yield html.unescape(content.decode("utf-8", errors="replace")).encode()
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from readings(name.encode() + b"\n" + archive.read(name))


def files_below(*directories: Path) -> Iterable[tuple[str, bytes]]:
    """Give each file, with its name as part of what it says."""
    for directory in directories:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                yield str(path), str(path).encode() + b"\n" + path.read_bytes()


def _inside_base64(content: bytes) -> Iterator[bytes]:
    """Give what Base64 makes of some content, whatever stands around it."""
    for before in range(3):
        whole = base64.b64encode(b"?" * before + content + b"?" * 3)
        first, last = -(-before * 8 // 6), (before + len(content)) * 8 // 6
        yield whole[first:last]
        yield whole[first:last].translate(bytes.maketrans(b"+/", b"-_"))
