"""Whether a CSS selector can be read: the grammar of browsers, and what Playwright adds to it."""

from __future__ import annotations

import re
from typing import NoReturn

from workflows.visible import nearest

_IDENT = re.compile(r"(?:--|-?(?:[_a-zA-Z]|[^\x00-\x7f]|\\[^\n]))(?:[\w-]|[^\x00-\x7f]|\\[^\n])*")
_SPACE = re.compile(r"(?:[ \t\r\n\f]|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", re.DOTALL)
_NTH = re.compile(r"\s*(?:even|odd|[+-]?\d*n(?:\s*[+-]\s*\d+)?|[+-]?\d+)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\s*,\s*\d+(?:\.\d+)?\s*")
_DEEPEST = 20

_LISTS = {"not", "is", "where", "has", "matches", "-webkit-any", "host", "host-context", "light", "scope"}
"""Take selectors."""
_NEAR = {"above", "below", "right-of", "left-of", "near", "nth-match"}
"""Take selectors and then a number."""
_NTHS = {"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"}
_TEXTS = {"text", "text-is", "text-matches", "has-text", "lang", "dir", "state", "active-view-transition-type"}
"""Take words."""
_PLAIN = {
    "active", "active-view-transition", "any-link", "autofill", "blank", "buffering", "checked", "current", "default",
    "defined", "disabled", "empty", "enabled", "first", "first-child", "first-of-type", "focus", "focus-visible",
    "focus-within", "fullscreen", "future", "has-slotted", "host", "hover", "in-range", "indeterminate", "invalid",
    "last-child", "last-of-type", "left", "link", "local-link", "modal", "muted", "only-child", "only-of-type", "open",
    "optional", "out-of-range", "past", "paused", "picture-in-picture", "placeholder-shown", "playing", "popover-open",
    "read-only", "read-write", "required", "right", "root", "scope", "seeking", "stalled", "target", "target-current",
    "target-within", "user-invalid", "user-valid", "valid", "visible", "visited", "volume-locked", "light",
}  # fmt: skip
"""Take nothing."""


def check_css(text: str) -> None:
    """Make sure that a CSS selector can be read.

    Raises:
        ValueError: it cannot; the message says where and why.
    """
    reader = _Reader(text)
    reader.selectors(relative=True, depth=0)
    if not reader.at_end:
        reader.refuse(f"unexpected {reader.here!r}")


class _Reader:
    """Reads a selector from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def here(self) -> str:
        """The next character; empty at the end."""
        return self._text[self._at : self._at + 1]

    @property
    def at_end(self) -> bool:
        """Whether all was read."""
        return self._at >= len(self._text)

    def refuse(self, problem: str) -> NoReturn:
        """Say what is wrong here."""
        raise ValueError(f"{problem} at character {self._at + 1}")

    def selectors(self, *, relative: bool, depth: int) -> None:
        """Read selectors with commas between them; relative ones may begin with `>`, `+` or `~`."""
        if depth > _DEEPEST:
            self.refuse("it is nested too deeply")
        self._selector(relative=relative, depth=depth)
        while self._took(","):
            if _NUMBER.match(self._text, self._at - 1):
                self._at -= 1
                return
            self._selector(relative=relative, depth=depth)

    def _selector(self, *, relative: bool, depth: int) -> None:
        self._skip(_SPACE)
        if relative and self._took_one_of(">+~"):
            self._skip(_SPACE)
        self._compound(depth)
        while True:
            spaced = self._skip(_SPACE)
            if self._took_one_of(">+~"):
                self._skip(_SPACE)
            elif not spaced or self.at_end or self.here in ",)":
                return
            self._compound(depth)

    def _compound(self, depth: int) -> None:
        """Read what is said of one element."""
        begin = self._at
        if not self._took("*"):
            self._skip(_IDENT)
        while self._part(depth):
            pass
        if self._at == begin:
            self.refuse(
                f"expected an element, found {self.here!r}" if self.here else "expected an element, found the end"
            )

    def _part(self, depth: int) -> bool:
        if sign := self._took_one_of("#."):
            if not self._skip(_IDENT):
                remedy = "; one that begins with a digit is written [id='1a']" if self.here.isdigit() else ""
                self.refuse(f"expected a name after {sign!r}{remedy}")
            return True
        if self._took("["):
            self._attribute()
            return True
        if self._took(":"):
            self._pseudo(depth)
            return True
        return False

    def _attribute(self) -> None:
        self._skip(_SPACE)
        if not self._skip(_IDENT):
            self.refuse("expected the name of an attribute")
        self._skip(_SPACE)
        if self._took("]"):
            return
        self._took_one_of("~|^$*")
        if not self._took("="):
            self.refuse("expected '=' or ']'")
        self._skip(_SPACE)
        if not self._skip(_STRING) and not self._skip(_IDENT):
            self.refuse("expected a value; one that is more than a word needs quotes")
        self._skip(_SPACE)
        self._took_one_of("isIS")
        self._skip(_SPACE)
        if not self._took("]"):
            self.refuse("expected ']'")

    def _pseudo(self, depth: int) -> None:
        begin = self._at
        if not self._skip(_IDENT):
            self.refuse("expected a name after ':'")
        name = self._text[begin : self._at].lower()
        vendor = name.startswith("-")
        if not self._took("("):
            if not vendor and name not in _PLAIN:
                self._at = begin
                self.refuse(_unknown(name, _PLAIN))
            return
        if name in _LISTS:
            self.selectors(relative=name in {"has", "light", "scope"}, depth=depth + 1)
        elif name in _NEAR:
            self.selectors(relative=False, depth=depth + 1)
            self._skip(_NUMBER)
        elif name in _NTHS:
            self._nth(depth)
        elif vendor or name in _TEXTS:
            self._words()
        else:
            self._at = begin
            self.refuse(_unknown(name, _LISTS | _NEAR | _NTHS | _TEXTS))
        self._skip(_SPACE)
        if not self._took(")"):
            self.refuse("expected ')'")

    def _nth(self, depth: int) -> None:
        if not self._skip(_NTH):
            self.refuse("expected a number, 'odd', 'even' or such as '2n+1'")
        if self._text.startswith("of", self._at):
            self._at += 2
            self.selectors(relative=False, depth=depth + 1)

    def _words(self) -> None:
        """Read anything up to the parenthesis that closes."""
        open_ones = 0
        while not self.at_end and (open_ones or self.here != ")"):
            if self.here in {'"', "'"}:
                if not self._skip(_STRING):
                    self.refuse("this quote is never closed")
                continue
            open_ones += {"(": 1, ")": -1}.get(self.here, 0)
            self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Read what fits a pattern; whether there was anything."""
        found = pattern.match(self._text, self._at)
        if found is None or not found[0]:
            return False
        self._at = found.end()
        return True

    def _took(self, sign: str) -> bool:
        return bool(self._took_one_of(sign))

    def _took_one_of(self, signs: str) -> str:
        here = self.here
        if not here or here not in signs:
            return ""
        self._at += 1
        return here


def _unknown(name: str, known: set[str]) -> str:
    meant = nearest(name, sorted(known))
    return f"there is no ':{name}'" + (f"; did you mean ':{meant}'?" if meant else "")
