"""Addresses compared as documents write them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from urllib.parse import urlsplit


def same_place(url: str, wanted: str) -> bool:
    """Whether an address or its path is as wanted, where `*` stands for anything."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return any(shown == wanted or fnmatchcase(shown, wanted) for shown in (url, parts.path, path))
