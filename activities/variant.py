"""What pages have in common that show one record each: `/invoices/1` and `/invoices/2` are one page to a step."""

from __future__ import annotations

import re
from urllib.parse import unquote

ID = "{id}"
"""What stands for the part of an address that tells one record from another."""

_ADDRESS = re.compile(
    r"(?P<scheme>https?|file)://(?:[^/?#]*@)?(?P<host>[^/?#]*)(?P<path>[^?#]*)[^#]*(?:#(?P<rest>.*))?"
)
_ROUTE = re.compile(r"!?/[^?]*")
"""The part of a fragment that leads somewhere in a page that is an application of its own."""
_PART = re.compile(r"(?P<stem>[^;]*?)(?P<suffix>\.[A-Za-z]{2,5})?(?:;.*)?")
"""A segment with its file type, without parameters of its own such as `;jsessionid=…`."""
_OF_KEY = re.compile(r"(?P<kind>\w+)\(.*\)")
"""As OData writes it: `Orders('4711')`."""

_SEP = r"[-_.:,+~ ]"
_IDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\d+(?:{_SEP}\d+)*",  # 42, 2026-11-21
        rf"(?:[A-Z]{{1,8}}{_SEP})+\d+(?:{_SEP}\d+)*",  # INV-7, DE-INV-2026-00042
        rf"(?:[A-Za-z]+{_SEP})*[A-Za-z]*\d{{3,}}(?:{_SEP}\d+)*",  # order-1042, inv00042; but step-2, v1.2
        r"\{?[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\}?",
        r"(?=.*\d)(?:[0-9a-f]{8,}|[0-9A-F]{8,})",
    )
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,}={0,2}")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SHORT = 2.7
"""Characters a word has on average, at most, in what no person has thought of."""
_NUMBERS = 2


def variant(address: str) -> str:
    """Name the page of an address: its origin, path and route, without what tells records apart.

    Naming what is a name already changes nothing. What is no address of a server or file is its own name.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return address
    route = _ROUTE.match(found["rest"] or "")
    path = _path(found["path"]) + (f"#{_path(route[0])}" if route is not None else "")
    return f"{found['scheme']}://{found['host']}{path}"


def without_route(page: str) -> str:
    """Name a page as if it were no application of its own."""
    return page.partition("#")[0]


def _path(path: str) -> str:
    return "/".join(map(_segment, path.split("/")))


def _segment(segment: str) -> str:
    found = _PART.fullmatch(segment)
    if found is None:
        return segment
    stem, suffix = found["stem"], found["suffix"] or ""
    if (keyed := _OF_KEY.fullmatch(stem)) is not None:
        return f"{keyed['kind']}({ID}){suffix}"
    return f"{ID if _is_id(unquote(stem)) else stem}{suffix}"


def _is_id(text: str) -> bool:
    return any(each.fullmatch(text) for each in _IDS) or (_TOKEN.fullmatch(text) is not None and _is_token(text))


def _is_token(text: str) -> bool:
    """Whether it looks drawn at random: names have humps and numbers too, but few."""
    words = _WORDS.findall(text)
    if text.isalnum() and sum(word.isdigit() for word in words) >= _NUMBERS:
        return True
    return text.lower() != text and sum(map(len, words)) <= _SHORT * len(words)
