"""Addresses of the web, as documents write them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

_ABSOLUTE = r"https?://[^/\s]|data:|about:blank$"
_WHOLE = re.compile(f"^({_ABSOLUTE})", re.IGNORECASE)
_EITHER = re.compile(rf"^({_ABSOLUTE}|[/?#.])", re.IGNORECASE)


def _whole(url: str) -> str:
    if not _WHOLE.match(url):
        raise PydanticCustomError("address", "an address begins with http:// or https:// and names a host")
    return url


def _either(url: str) -> str:
    if not _EITHER.match(url):
        raise PydanticCustomError(
            "address", "an address begins with http:// or https://, or with one of / ? # . to be relative to the page"
        )
    return url


Address = Annotated[str, AfterValidator(_whole), Field(json_schema_extra={"pattern": _WHOLE.pattern})]
"""A whole address."""

AnyAddress = Annotated[str, AfterValidator(_either), Field(json_schema_extra={"pattern": _EITHER.pattern})]
"""A whole address, or one relative to the page."""
