"""What a target of a page leans on: each thing that has to stay as it is for the target to name the same element."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from activities.sessions.target import Target
from workflows.expressions.template import has_template
from workflows.selector import parts


class Lean(StrEnum):
    """Something of a page or a program that may change; in words that follow `leans on`."""

    TEST_ID = "a test id, made for automation"
    NAME = "what people call it"
    LABEL = "the label people read"
    TEXT = "the text people see"
    PLACEHOLDER = "the hint in it"
    TITLE = "its tooltip"
    ALT = "the words for its picture"
    KIND = "its kind alone"
    ID = "an id"
    ATTRIBUTE = "an attribute"
    ADDRESS = "an address"
    CLASS = "a class"
    STEP = "what is inside of what"
    POSITION = "a number among siblings"
    NUMBER = "a number among all that match"
    MADE_UP = "an id or class made up by a program"
    DIGIT = "a number in its words"
    LONG = "many words"
    AUTOMATION_ID = "the name its programmers gave it"
    DEPTH = "how deep it lies"
    LOOKS = "how it looks"


_WORDS = {
    "label": Lean.LABEL,
    "text": Lean.TEXT,
    "placeholder": Lean.PLACEHOLDER,
    "title": Lean.TITLE,
    "alt": Lean.ALT,
}
_ATTRIBUTES = {
    "id": Lean.ID,
    "class": Lean.CLASS,
    "href": Lean.ADDRESS,
    "src": Lean.ADDRESS,
    "action": Lean.ADDRESS,
    "placeholder": Lean.PLACEHOLDER,
    "title": Lean.TITLE,
    "alt": Lean.ALT,
    "aria-label": Lean.LABEL,
    "data-testid": Lean.TEST_ID,
    "data-test-id": Lean.TEST_ID,
    "data-test": Lean.TEST_ID,
    "data-qa": Lean.TEST_ID,
    "data-cy": Lean.TEST_ID,
}
_LONG = 40
_MADE_UP = re.compile(
    r"\d{3,}|^[0-9a-f]{8,}$|[0-9a-f]{10,}|:|^(ember|react|mui|radix|headlessui|ext-|yui|gwt|cdk-|mat-|p-id|ng-|_ng|css-|sc-"
    r"|jss|svelte-|__)|^[a-z]+_[a-zA-Z]+__\w{5,}$",
    re.IGNORECASE,
)
_STRING = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_CSS = re.compile(
    rf"""\[\s*(?P<attribute>[\w-]+)\s*(?:[~|^$*]?=\s*(?P<value>{_STRING}|[^\]\s]+)[^\]]*)?\]
    |:(?:has-text|text|text-is|text-matches)\(\s*(?P<words>{_STRING})
    |(?P<position>:(?:nth-|first-|last-|only-)[\w-]+(?:\([^)]*\))?)
    |\#(?P<id>(?:[\w-]|\\.|[^\x00-\x7f])+)
    |\.(?P<class>-?[_a-zA-Z](?:[\w-]|\\.|[^\x00-\x7f])*)
    |(?P<string>{_STRING})
    |(?P<step>\s*[>+~]\s*|(?<=[\w\]).*])\s+(?=[\w#.\[:*]))
    """,
    re.VERBOSE,
)
_XPATH = re.compile(
    rf"""@(?P<attribute>[\w-]+)(?:\s*(?:=|,)\s*(?P<value>{_STRING}))?
    |(?:text\(\)|normalize-space\([^)]*\)|\.)\s*(?:=|,)\s*(?P<words>{_STRING})
    |(?P<position>\[\s*(?:\d+|last\(\)|position\(\)[^\]]*)\s*\])
    |(?P<string>{_STRING})
    |(?P<step>(?<=[\w\])*])//?(?=[\w*.]))
    """,
    re.VERBOSE,
)
_ROLE = re.compile(rf"\[\s*name\s*[*^$~|]?=\s*(?P<words>{_STRING})")
_ENGINE = re.compile(r"\s*(?P<name>[a-zA-Z_][\w:-]*)\s*=(?P<body>.*)", re.DOTALL)


_UNNAMED = {Lean.STEP, Lean.POSITION, Lean.NUMBER}


def leans(target: Target) -> Counter[Lean]:
    """How often a target leans on what, with the places it names; never on nothing."""
    found = Counter(_own(target))
    if not found.keys() - _UNNAMED:
        found[Lean.KIND] += 1
    for place in (target.within, target.frame):
        if place is not None:
            found += leans(place)
    return found


def _own(target: Target) -> Iterator[Lean]:
    for field, lean in _WORDS.items():
        words = getattr(target, field)
        if words is not None:
            yield lean
            yield from worded(words)
    if target.name is not None:
        yield Lean.NAME
        yield from worded(target.name)
    if target.test_id is not None:
        yield Lean.TEST_ID
    if target.nth is not None:
        yield Lean.NUMBER
    yield from css(target.css or "")
    yield from xpath(target.xpath or "")
    for part in parts(target.selector or ""):
        yield from _part(part)


def _part(text: str) -> Iterator[Lean]:
    """What one part of a Playwright selector leans on."""
    engine = _ENGINE.match(text)
    name, body = (engine["name"], engine["body"]) if engine else ("", text.strip())
    match name:
        case "" if body.startswith(("/", "..", "(")):
            yield from xpath(body)
        case "text" | "":
            if name or body[:1] in {'"', "'"}:
                yield Lean.TEXT
                yield from worded(body)
            else:
                yield from css(body)
        case "css":
            yield from css(body)
        case "xpath":
            yield from xpath(body)
        case "role":
            for named in _ROLE.finditer(body):
                yield Lean.NAME
                yield from worded(named["words"])
        case "nth":
            yield Lean.NUMBER
        case "visible":
            return
        case other:
            yield from _attribute(other, body)


def css(text: str) -> Iterator[Lean]:
    """What a CSS selector leans on."""
    return _read(_CSS, text)


def xpath(text: str) -> Iterator[Lean]:
    """What an XPath expression leans on."""
    return _read(_XPATH, text)


def _read(grammar: re.Pattern[str], text: str) -> Iterator[Lean]:
    for found in grammar.finditer(text):
        said = found.groupdict()
        match found.lastgroup:
            case "attribute" | "value":
                yield from _attribute(said["attribute"], said["value"] or "")
            case "words":
                yield Lean.TEXT
                yield from worded(said["words"])
            case "position":
                yield Lean.POSITION
            case "id":
                yield from _attribute("id", said["id"])
            case "class":
                yield from _attribute("class", said["class"])
            case "step":
                yield Lean.STEP
            case _:
                continue


def _attribute(name: str, value: str) -> Iterator[Lean]:
    yield _ATTRIBUTES.get(name.lower(), Lean.ATTRIBUTE)
    if _MADE_UP.search(value.strip("\"'")) and not has_template(value):
        yield Lean.MADE_UP


def worded(words: str) -> Iterator[Lean]:
    """What there is to words besides that they stay; those that a run fills in are as they should be."""
    if has_template(words):
        return
    if any(letter.isdigit() for letter in words):
        yield Lean.DIGIT
    if len(words) > _LONG:
        yield Lean.LONG
