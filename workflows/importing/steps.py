"""Nodes of the predecessor as steps, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from pydantic import JsonValue

from workflows.defect import Defect
from workflows.duration import format_duration
from workflows.importing.adjust import ADJUSTMENTS, Step
from workflows.importing.graph import Node
from workflows.importing.notes import Notes
from workflows.importing.outputs import Meanings
from workflows.importing.rules import HINTS, IGNORED, RULES, Rule
from workflows.importing.translate import Translator
from workflows.importing.typed import typed

_SILENT: Final = frozenset({"StartNode", "EndNode", "CommentNode", "MergeNode"})
"""Nodes that do nothing by themselves."""
_DROPPED: Final = {
    "LogNode": "it is left out: every step is recorded by itself",
    "LogErrorNode": "it is left out: errors are recorded by themselves",
    "WaitForNavigationNode": "it is left out: a step that leads to another page waits for it",
}
_RETRY: Final = frozenset({"retry_count", "retry_interval", "timeout"})
_EMPTY: Final[tuple[JsonValue, ...]] = (None, "", False, 0, [], {})


class NodeSteps:
    """Makes steps of nodes."""

    def __init__(self, meanings: Meanings, translator: Translator, notes: Notes) -> None:
        self._meanings = meanings
        self._translator = translator
        self._notes = notes

    def of(self, node: Node) -> Iterator[Step]:
        """The steps that do what a node did; none for nodes that did nothing to the world."""
        match node.type:
            case kind if kind in _SILENT:
                return
            case kind if kind in _DROPPED:
                self._notes.warn(node.id, None, _DROPPED[kind])
            case kind if kind.endswith("TriggerNode"):
                self._notes.warn(
                    node.id, None, "what starts a run is no part of a document", "set up a schedule for it"
                )
            case "GetVariableNode":
                self._default(node)
            case "SetVariableNode":
                yield self._set(node)
            case "IncrementVariableNode":
                yield self._increment(node)
            case "WaitNode":
                yield self._named(node, {"wait": self._seconds(node)})
            case "ThrowErrorNode":
                message = self._translator.given(node, "error_message") or "custom error"
                yield self._named(node, {"throw": message})
            case "AssertNode":
                yield self._assert(node)
            case kind if kind in RULES:
                yield from self._ruled(node, RULES[kind])
            case _:
                yield self._missing(node)

    def _missing(self, node: Node) -> Step:
        """A step that fails in the place of one that could not be imported, so that nothing is skipped unseen."""
        message = f"there is no node that does what {node.type} did"
        hint = HINTS.get(node.type, "replace the step")
        self._notes.error(node.id, "node_type", message, hint, code=Defect.UNSUPPORTED_NODE)
        text = f"{node.id} ({node.type}) could not be imported"
        return self._named(node, {"assert": False, "message": text})

    def _named(self, node: Node, step: Step) -> Step:
        return {"id": self._meanings.names.node(node.id), **step}

    def _default(self, node: Node) -> None:
        if node.config.get("default_value") not in _EMPTY:
            self._notes.warn(node.id, "default_value", "it is left out: a variable always has a value here")

    def _set(self, node: Node) -> Step:
        raw = self._translator.given(node, "value", "default_value")
        value = typed(raw, node.config.get("variable_type"))
        variable = str(node.config.get("variable_name") or node.id)
        return {"set": {self._meanings.names.variable(variable): value}}

    def _increment(self, node: Node) -> Step:
        name = self._meanings.names.variable(str(node.config.get("variable_name") or node.id))
        by = self._translator.given(node, "increment")
        amount = self._translator.expression(1 if by is None else by, node.id, "increment")
        return {"set": {name: f"${{{{ {name} + {amount} }}}}"}}

    def _seconds(self, node: Node) -> JsonValue:
        duration = self._translator.given(node, "duration")
        match duration:
            case None:
                return "1s"
            case bool() | list() | dict():
                self._notes.error(node.id, "duration", f"{duration!r} is not a number of seconds")
                return "0s"
            case str():
                return duration if duration.startswith("${{") else f"{duration}s"
            case _:
                return format_duration(timedelta(seconds=duration))

    def _assert(self, node: Node) -> Step:
        condition = self._translator.condition(node, "condition")
        message = self._translator.given(node, "message")
        step = self._named(node, {"assert": f"${{{{ {condition} }}}}"})
        return step if message is None else {**step, "message": message}

    def _ruled(self, node: Node, rule: Rule) -> Iterator[Step]:
        given = ((name, self._translator.given(node, field)) for field, name in rule.fields.items())
        params = {**rule.fixed, **{name: value for name, value in given if value is not None}}
        self._check(node, rule)
        step = self._named(node, {"do": rule.do})
        more = (
            list(ADJUSTMENTS[node.type](node, params, self._translator, self._notes))
            if node.type in ADJUSTMENTS
            else []
        )
        if rule.do == "browser.open" and "url" not in params:
            return
        if params:
            step["with"] = params
        step.update(self._options(node, rule))
        yield step
        yield from more
        yield from self._variable(node, rule)

    def _check(self, node: Node, rule: Rule) -> None:
        """Speak of every setting that is not carried over."""
        if rule.note is not None:
            self._notes.warn(node.id, None, rule.note)
        for field, value in node.config.items():
            if field in rule.only:
                same = value == rule.only[field] or (value in _EMPTY and rule.only[field] in _EMPTY)
                if not same and value is not None and value != "":
                    self._notes.error(node.id, field, f"{value!r} has no counterpart in {rule.do}")
            elif value not in _EMPTY and not _carried(field, rule):
                self._notes.warn(node.id, field, f"it is left out: {rule.do} has nothing like it")

    def _options(self, node: Node, rule: Rule) -> Iterator[tuple[str, JsonValue]]:
        timeout, count = node.config.get("timeout"), node.config.get("retry_count")
        if isinstance(timeout, int | float) and not isinstance(timeout, bool) and timeout > 0:
            length = timedelta(milliseconds=timeout) if rule.unit == "ms" else timedelta(seconds=timeout)
            yield "timeout", format_duration(length)
        elif isinstance(timeout, str) and timeout:
            self._notes.warn(node.id, "timeout", "it is left out: a time limit is fixed here")
        if isinstance(count, int) and not isinstance(count, bool) and count > 0:
            interval = node.config.get("retry_interval", 1000)
            pause = format_duration(timedelta(milliseconds=interval if isinstance(interval, int) else 1000))
            yield "retry", {"delays": [pause] * min(count, 50), "jitter": 0.0}

    def _variable(self, node: Node, rule: Rule) -> Iterator[Step]:
        """The variable a node wrote its result to, if anything looks at it."""
        name = node.config.get(rule.variable) if rule.variable else None
        if isinstance(name, str) and name in self._meanings.referenced:
            output = next(iter(self._meanings.outputs[node.id].values()))
            yield {"set": {self._meanings.names.variable(name): f"${{{{ {output} }}}}"}}


def _carried(field: str, rule: Rule) -> bool:
    """Whether a field is carried over, or has nothing to say here."""
    known = {*rule.fields, *rule.ignored, *IGNORED, *_RETRY, rule.variable}
    return field in known or field.endswith("_healing_context")
