"""Faults of a document in words: what is wrong, and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from pydantic import JsonValue

from workflows.document import LANGUAGE, Document
from workflows.fault import Fault
from workflows.kind import KEYWORDS, STEP_MODELS, NodeStep, StepModel
from workflows.part import DOCUMENT_NAME_PATTERN, ERROR_PATTERN, NAME_PATTERN, NODE_PATTERN, Model, Verify

_LONGEST = 60

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
_CONDITION = "true, false or a '${{ … }}' expression"
_UNION = {
    **dict.fromkeys(("if", "while", "assert", "break", "continue", "holds"), _CONDITION),
    "for_each": "a list, a mapping or a '${{ … }}' expression",
    "do": "the name of a node or a list of steps",
    "throw": "a message, or a mapping with 'message', 'type', 'kind' and 'details'",
    "wait": "a duration such as '30s', a '${{ … }}' expression or a mapping with 'until'",
    "on": "the name of an error or a list of names",
}
_ADD = {
    "aether": f"write 'aether: {LANGUAGE}' in the first line",
    "name": "name the automation, such as 'name: invoice-intake'",
    "steps": "list what to do under 'steps'",
    "do": "list the steps under 'do'",
    "then": "list the steps under 'then'",
    "cases": "list the cases, each with 'when' and 'do'",
    "type": "write one of string, integer, number, boolean, list, object, file, any",
}
_NODE_WORDS = frozenset({"action", "activity", "command", "node", "task", "type", "uses", "run", "step"})
_BROWSER_WORDS = frozenset(
    {"check", "click", "close", "download", "fill", "goto", "open", "press", "read", "screenshot", "select", "upload"}
)
_YES_AND_NO = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_OF_ENTRIES = frozenset({"set", "choices", "cases", "parallel"})


def describe(fault: Fault) -> tuple[str, str | None]:
    """What is wrong with the part of the document a fault is about, and what to do about it."""
    match fault.kind:
        case "missing":
            return "is missing", _addition(fault)
        case "unknown":
            return "unknown field", _unknown_field(fault)
        case "key" if fault.context.get("pattern") == ERROR_PATTERN:
            return _not_an_error(fault.path[-1])
        case "key":
            return _not_a_name(str(fault.path[-1]))
        case "step":
            return _no_step(fault.value)
        case _:
            return _wrong_value(fault)


def without_echoes(faults: list[Fault]) -> list[Fault]:
    """Leave out fields that are missing only because they are misspelt, or because the step is of two kinds."""
    unknown = [(fault.path[:-1], fault.field or "") for fault in faults if fault.kind == "unknown"]

    def echo(fault: Fault) -> bool:
        names = [name for path, name in unknown if path == fault.path[:-1]]
        return any(name in KEYWORDS or nearest(name, [fault.field or ""]) for name in names)

    return [fault for fault in faults if fault.kind != "missing" or not echo(fault)]


def show(value: JsonValue) -> str:
    """A value, short enough for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            text = repr(value)
            return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]}…{text[-1]}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word someone who wrote `word` may have meant."""
    return next(iter(difflib.get_close_matches(word[:_LONGEST].lower(), list(known), n=1, cutoff=0.6)), None)


def fields_of(model: type[Model]) -> list[str]:
    """The fields of a part of a document, as authors write them."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _unknown_field(fault: Fault) -> str:
    name, allowed = fault.field or "", fields_of(fault.model)
    listed = f"allowed here: {', '.join(sorted(allowed))}"
    if name in KEYWORDS and issubclass(fault.model, StepModel):
        kind = next(keyword for keyword, model in STEP_MODELS.items() if model is fault.model)
        return f"a step is of one kind, and '{kind}' makes it so; {listed}"
    if close := nearest(name, allowed):
        return f"did you mean {close!r}? {listed}"
    if fault.model is NodeStep:
        return f"the parameters of a node go under 'with'; {listed}"
    return listed


def _no_step(value: JsonValue) -> tuple[str, str]:
    kinds = f"a step has one of: {', '.join(sorted(KEYWORDS))}"
    match value:
        case str():
            node = value if re.fullmatch(NODE_PATTERN, value) else "browser.click"
            return f"a step is a mapping, not {show(value)}", f"write 'do: {node}', with its parameters under 'with'"
        case dict():
            keys = [key for key in value if key not in {"id", "description"}]
            hints = (hint for key in keys if (hint := _kind_hint(key, value[key])))
            named = f" with {', '.join(map(show, keys[:5]))}" if keys else ""
            return f"no known kind of step{named}", next(hints, "") + kinds
        case _:
            return f"a step is a mapping, not {show(value)}", kinds


def _kind_hint(key: str, value: JsonValue) -> str:
    if re.fullmatch(NODE_PATTERN, key):
        return f"write 'do: {key}', with its parameters under 'with'; "
    if key in _BROWSER_WORDS:
        return f"write 'do: browser.{key}', with its parameters under 'with'; "
    if key in _NODE_WORDS:
        node = value if isinstance(value, str) and re.fullmatch(NODE_PATTERN, value) else "browser.click"
        return f"write 'do: {node}', with its parameters under 'with'; "
    close = nearest(key, KEYWORDS)
    return f"did you mean {close!r}? " if close else ""


def _addition(fault: Fault) -> str:
    if fault.model is Verify:
        return "name the node that looks, such as 'do: http.request'"
    return _ADD.get(fault.field or "", f"add '{fault.field}: …'")


def _not_an_error(name: str | int) -> tuple[str, str]:
    error = f"{show(name)} is not an error type: expected one such as 'ServerFailedError'"
    return error, "write its name as messages and histories do"


def _not_a_name(name: str) -> tuple[str, str | None]:
    better = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
    better = f"_{better}" if better[:1].isdigit() else better
    hint = f"write {better!r}" if better and len(better) <= _LONGEST else None
    return f"{show(name)} is not a name: expected letters, digits and '_', not starting with a digit", hint


def _wrong_value(fault: Fault) -> tuple[str, str | None]:  # noqa: PLR0911 - a table of pydantic's errors
    found, field = show(fault.value), fault.field or ""
    match fault.code:
        case "union":
            return f"expected {_UNION[field]}, found {found}", None
        case "value_error":
            return str(fault.context["error"]), _type_hint(fault)
        case "literal_error" | "enum":
            return _wrong_choice(fault)
        case "string_pattern_mismatch":
            return _wrong_pattern(fault)
        case "too_short":
            return "is empty", "add an entry" if field in _OF_ENTRIES else "list at least one step"
        case "string_too_short":
            return "is empty", "fill it in"
        case "too_long" | "string_too_long":
            return f"is too long: at most {fault.context['max_length']} are allowed", None
        case "greater_than_equal":
            return f"expected at least {fault.context['ge']:g}, found {found}", None
        case "less_than_equal":
            return f"expected at most {fault.context['le']:g}, found {found}", None
        case code:
            return f"expected {_EXPECTED.get(code, 'something else')}, found {found}", _type_hint(fault)


def _type_hint(fault: Fault) -> str | None:  # noqa: PLR0911 - a table of hints
    match fault.code, fault.value:
        case _, str() as text if "${{" in text:
            return "an expression cannot be used here"
        case "int_type" | "float_type", str() as text if re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
            return "remove the quotes"
        case "string_type", bool() | int() | float():
            return "put it in quotes"
        case "tuple_type", str() as text:
            return f"write '[{text}]'" if len(text) <= _LONGEST else None
        case "value_error", int() as number if not isinstance(number, bool):
            return f"write '{number}s'"
        case _, None:
            return "fill it in, or remove it"
        case _:
            return None


def _wrong_choice(fault: Fault) -> tuple[str, str | None]:
    if fault.model is Document and fault.field == "aether":
        message = f"expected version {LANGUAGE} of the language, found {show(fault.value)}"
        return message, f"write 'aether: {LANGUAGE}', or use a build that reads that version"
    expected = str(fault.context["expected"])
    options = re.findall(r"'([^']*)'", expected)
    close = nearest(fault.value, options) if isinstance(fault.value, str) else None
    return f"expected {expected}, found {show(fault.value)}", f"did you mean {close!r}?" if close else None


def _wrong_pattern(fault: Fault) -> tuple[str, str | None]:
    text, pattern = str(fault.value), fault.context["pattern"]
    if pattern == NAME_PATTERN:
        return _not_a_name(text)
    if pattern == NODE_PATTERN:
        message = f"{show(text)} is not the name of a node: expected one such as 'browser.click'"
        return message, _node_hint(text)
    if pattern == DOCUMENT_NAME_PATTERN:
        return f"{show(text)} is not a name: expected at most 200 letters, digits, spaces and . _ / -", None
    if fault.field == "needs":
        return f"{show(text)} is not a tag: expected at most 50 lower-case letters, digits and . _ -", None
    return f"expected {_UNION[fault.field or '']}, found {show(text)}", _condition_hint(fault.field or "", text)


def _node_hint(text: str) -> str | None:
    if re.fullmatch(NODE_PATTERN, text.lower()):
        return f"write {text.lower()!r}"
    return f"write 'browser.{text.lower()}'" if text.lower() in _BROWSER_WORDS else None


def _condition_hint(field: str, text: str) -> str | None:
    if text.lower() in _YES_AND_NO:
        return f"write '{field}: {_YES_AND_NO[text.lower()]}'"
    if "${{" in text:
        return "put the whole of it inside one '${{ … }}'"
    inner = re.sub(r"^\$?\{+|\}+$", "", text.strip()).strip()
    return f"write '{field}: ${{{{ {inner} }}}}'" if inner and len(inner) <= _LONGEST else "write '${{ … }}' around it"
