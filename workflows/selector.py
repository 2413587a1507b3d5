"""Whether the selectors of a document can be read: CSS and XPath, and Playwright's around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflows.css import check_css
from workflows.visible import nearest

ENGINES = (
    "css", "xpath", "text", "role", "id", "nth", "visible", "data-testid", "data-test-id", "data-test", "aria-ref",
    "_react", "_vue",
)  # fmt: skip
"""What a part of a Playwright selector may begin with, before `=`."""

_ENGINE = re.compile(r"\s*(?P<name>\*?[a-zA-Z_0-9+:-]+)\s*=(?P<body>.*)", re.DOTALL)
_XPATH = re.compile(r"\(*//|\.\.")
_LONGEST_XPATH = 2000


def check_selector(text: str) -> None:
    """Make sure that a Playwright selector can be read.

    Raises:
        ValueError: it cannot; the message says where and why.
    """
    for part in parts(text):
        named = _ENGINE.match(part)
        name, body = (named["name"].removeprefix("*"), named["body"]) if named else ("", part.strip())
        if name == "css" or (not name and not _XPATH.match(body) and not _quoted(body)):
            check_css(body)
        elif name == "xpath" or (not name and _XPATH.match(body)):
            check_xpath(body)
        elif name and not name.startswith("internal:") and name.partition(":")[0] not in ENGINES:
            meant = nearest(name, ENGINES)
            hint = f"did you mean {meant!r}?" if meant else f"use one of {', '.join(ENGINES[:5])}"
            raise ValueError(f"there is no kind of selector {name!r}; {hint}")


def check_xpath(text: str) -> None:
    """Make sure that an XPath expression can be read, as browsers do: XPath 1.0, without prefixes.

    Raises:
        ValueError: it cannot; the message says where and why.
    """
    from elementpath import XPath1Parser  # noqa: PLC0415 - slow to load, and few documents need it
    from elementpath.exceptions import ElementPathError  # noqa: PLC0415 - the same

    if len(text) > _LONGEST_XPATH:
        raise ValueError(f"it is longer than {_LONGEST_XPATH} characters")
    try:
        XPath1Parser().parse(text)
    except ElementPathError as error:
        place, _, problem = str(error).partition(" [err:")
        where = re.search(r"column (\d+)", place)
        column = f" at character {where[1]}" if where else ""
        raise ValueError(f"{problem.partition('] ')[2] or place}{column}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parts(text: str) -> Iterator[str]:
    """What stands between `>>`, but for those in quotes."""
    begin, quote, index = 0, "", 0
    while index < len(text):
        here = text[index]
        if here == "\\":
            index += 1
        elif quote:
            quote = "" if here == quote else quote
        elif here in "\"'`" and not re.match(r"\s*text\s*=.", text[begin:index]):
            quote = here
        elif text.startswith(">>", index):
            yield text[begin:index]
            index += 1
            begin = index + 1
        index += 1
    yield text[begin:]


def _quoted(text: str) -> bool:
    return len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]
