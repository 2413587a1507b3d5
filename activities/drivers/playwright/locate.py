"""Targets as Playwright locators."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.async_api import Frame, FrameLocator, Locator, Page

from activities.sessions.target import LOCATORS, Role, Target

_HOLDING_TEXT: tuple[Role, ...] = ("combobox", "listbox", "textbox")

Scope = Page | Frame | FrameLocator | Locator


def locate(scope: Scope, target: Target) -> Locator:
    """Turn a target into a locator that is evaluated anew whenever it is used."""
    if target.frame is not None:
        scope = locate(scope, target.frame).content_frame
    if target.within is not None:
        scope = locate(scope, target.within)
    first, *others = facts(scope, target)
    for other in others:
        first = first.and_(other)
    return first if target.nth is None else first.nth(target.nth - 1)


def facts(scope: Scope, target: Target) -> Iterator[Locator]:
    """Turn each thing said of an element into a locator of its own."""
    for field in LOCATORS:
        words = getattr(target, field)
        if words is not None:
            yield _fact(scope, target, field, words)


def _labelled(scope: Scope, words: str, *, exact: bool) -> Locator:
    """Fields by their label; what a list or area in the label itself holds is no part of the label."""
    field = scope.get_by_label(words, exact=exact)
    for role in _HOLDING_TEXT:
        field = field.or_(scope.get_by_role(role, name=words, exact=exact))
    return field


def _fact(scope: Scope, target: Target, field: str, words: str) -> Locator:  # noqa: PLR0911 - one line per locator
    match field:
        case "role":
            if target.name is None:
                return scope.get_by_role(target.role or "generic")
            return scope.get_by_role(target.role or "generic", name=target.name, exact=target.exact)
        case "label":
            return _labelled(scope, words, exact=target.exact)
        case "text":
            return scope.get_by_text(words, exact=target.exact)
        case "placeholder":
            return scope.get_by_placeholder(words, exact=target.exact)
        case "title":
            return scope.get_by_title(words, exact=target.exact)
        case "alt":
            return scope.get_by_alt_text(words, exact=target.exact)
        case "test_id":
            return scope.get_by_test_id(words)
        case "selector":
            return scope.locator(words)
        case engine:
            return scope.locator(f"{engine}={words}")
