"""XML as plain values: elements are mappings, attributes their keys with `@`, text on its own `#text`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree, ParseError, SubElement, indent

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import parse
from pydantic import JsonValue

from activities.table import text_of
from workflows.errors import InvalidFileError, InvalidParamsError

if TYPE_CHECKING:
    from elementpath import Selector

_TEXT = "#text"
_ATTRIBUTE = "@"
_NAME = re.compile(r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?")
_DEEPEST = 200
_REACHING = {"doc", "doc-available", "collection", "uri-collection", "unparsed-text", "unparsed-text-lines"}
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Xml:
    """A document that was read; its names are without namespaces, unless prefixes for them are given."""

    def __init__(self, path: Path, namespaces: Mapping[str, str], *, shown_as: str) -> None:
        try:
            self._root = _root(path)
        except ParseError as error:
            line, column = error.position
            raise InvalidFileError(
                f"{shown_as!r}, line {line}, column {column + 1}: no XML that can be read: "
                f"{str(error).partition(':')[0]}"
            ) from error
        except DefusedXmlException as error:
            raise InvalidFileError(
                f"{shown_as!r} defines entities or refers to other files, which is not read: {type(error).__name__}"
            ) from error
        except (ValueError, LookupError) as error:
            raise InvalidFileError(
                f"{shown_as!r} is in an encoding that is not read ({error}); save it as UTF-8"
            ) from error
        _check_depth(self._root, shown_as)
        self._namespaces = dict(namespaces)
        prefixes = {uri: prefix for prefix, uri in namespaces.items()}
        if not namespaces:
            for element in self._root.iter():
                element.tag = _local(element.tag)
                element.attrib = _without_namespaces(element, shown_as)
        self._prefixes = prefixes

    @property
    def name(self) -> str:
        """The name of the outermost element."""
        return self._shown(self._root.tag)

    @property
    def value(self) -> JsonValue:
        """The whole document."""
        return self._value(self._root)

    def select(self, xpath: str) -> list[JsonValue]:
        """Give what an XPath expression finds: elements as values, attributes and texts as text.

        Raises:
            InvalidParamsError: it is no XPath expression.
        """
        return [self._found(each) for each in self._select(self._root, xpath)]

    def records(self, xpath: str, fields: Mapping[str, str]) -> list[dict[str, JsonValue]]:
        """Give a record for each element that is found, its fields by expressions that begin there."""
        found = [each for each in self._select(self._root, xpath) if isinstance(each, Element)]
        return [{name: self._single(each, field) for name, field in fields.items()} for each in found]

    def _single(self, element: Element, xpath: str) -> JsonValue:
        found = [self._found(each) for each in self._select(element, xpath)]
        return (found[0] if len(found) == 1 else found) if found else None

    def _select(self, element: Element, xpath: str) -> list[object]:
        from elementpath import ElementPathError, Selector  # noqa: PLC0415 - slow to load

        try:
            selector = Selector(xpath, namespaces=self._namespaces)
            _refuse_reaching(selector, xpath)
            found = selector.select(element)
        except ElementPathError as error:
            raise InvalidParamsError(f"no XPath expression that can be used: {xpath!r}: {error}") from error
        return list(found) if isinstance(found, list) else [found]

    def _found(self, found: object) -> JsonValue:
        match found:
            case Element():
                return self._value(found)
            case bool() | int() | float() | str():
                return found
            case _:
                return str(found)

    def _value(self, element: Element) -> JsonValue:
        content: dict[str, JsonValue] = {
            f"{_ATTRIBUTE}{self._shown(name)}": value for name, value in element.attrib.items()
        }
        children = list(element)
        for child in children:
            name, value = self._shown(child.tag), self._value(child)
            if name not in content:
                content[name] = value
            elif isinstance(held := content[name], list):
                held.append(value)
            else:
                content[name] = [held, value]
        text = (element.text or "") + "".join(child.tail or "" for child in children)
        text = text.strip() if children else text
        if not content:
            return text or None
        return content | ({_TEXT: text} if text.strip() else {})

    def _shown(self, name: str) -> str:
        uri, mark, local = name.removeprefix("{").rpartition("}")
        if not mark:
            return name
        prefix = self._prefixes.get(uri)
        return f"{prefix}:{local}" if prefix else local


def write_xml(path: Path, root: str, value: JsonValue, record: str) -> None:
    """Write a value as a document: what `Xml.value` gives, or a list, each element of which is called as a record.

    Raises:
        InvalidParamsError: a name is none that elements can have, or a text holds what XML cannot.
    """
    element = Element(_checked_name(root))
    _fill(element, {record: value} if isinstance(value, list) else value)
    indent(element)
    ElementTree(element).write(path, encoding="utf-8", xml_declaration=True)


def _fill(element: Element, value: JsonValue) -> None:
    if not isinstance(value, dict):
        element.text = _checked_text(text_of(value)) or None
        return
    for name, inner in value.items():
        if name == _TEXT:
            element.text = _checked_text(text_of(inner))
        elif name.startswith(_ATTRIBUTE):
            element.set(_checked_name(name.removeprefix(_ATTRIBUTE)), _checked_text(text_of(inner)))
        else:
            for each in inner if isinstance(inner, list) else [inner]:
                _fill(SubElement(element, _checked_name(name)), {"item": each} if isinstance(each, list) else each)


def _checked_name(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        raise InvalidParamsError(f"{name!r} cannot be the name of an element: use letters, digits, '_', '-' and '.'")
    return name


def _checked_text(text: str) -> str:
    found = _UNWRITABLE.search(text)
    if found:
        raise InvalidParamsError(f"a text holds {found.group()!r}, which no XML can hold")
    return text


def _refuse_reaching(selector: Selector, xpath: str) -> None:
    """Refuse expressions that read other files of the robot, or what other servers have."""
    reaching = next((token.symbol for token in selector.root_token.iter() if token.symbol in _REACHING), None)
    if reaching:
        raise InvalidParamsError(f"{reaching!r} in {xpath!r} leads out of the document, which no expression may")


def _check_depth(root: Element, shown_as: str) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise InvalidFileError(f"{shown_as!r} has elements in more than {_DEEPEST} others, which is not read")
        level = [child for element in level for child in element]


def _without_namespaces(element: Element, shown_as: str) -> dict[str, str]:
    names = {_local(name): value for name, value in element.attrib.items()}
    if len(names) < len(element.attrib):
        raise InvalidFileError(
            f"an element {element.tag!r} of {shown_as!r} has attributes that only their namespaces tell apart; give "
            "these prefixes with 'namespaces'"
        )
    return names


def _root(path: Path) -> Element:
    root = parse(path).getroot()
    return Element("empty") if root is None else root


def _local(name: str) -> str:
    return name.rpartition("}")[2]
