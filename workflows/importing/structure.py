"""A graph of nodes as nested steps, wherever its ways part and meet like blocks do."""

from __future__ import annotations

from typing import Final, TypeAlias

from pydantic import JsonValue

from workflows.importing.adjust import Step
from workflows.importing.flow import LOOP_ENDS, Flow
from workflows.importing.graph import Node
from workflows.importing.notes import Notes
from workflows.importing.outputs import Meanings
from workflows.importing.steps import NodeSteps
from workflows.importing.translate import Translator
from workflows.importing.typed import typed

_LEAVING: Final = ({"break": None}, {"continue": None}, {"return": None})
_IDLE: Final[Step] = {"wait": "0s"}
_DEEPEST: Final = 50
"""Levels of blocks in each other."""

_Onward: TypeAlias = str | None
"""The node that follows; None where the way ends, `_DONE` where all ways have been followed already."""
_DONE: Final = ""
_Made: TypeAlias = tuple[list[Step], _Onward]


class Structure:
    """Walks a graph from its start, and makes blocks of its branches and loops."""

    def __init__(self, flow: Flow, meanings: Meanings, translator: Translator, notes: Notes) -> None:
        self._flow = flow
        self._meanings = meanings
        self._translator = translator
        self._notes = notes
        self._steps = NodeSteps(meanings, translator, notes)
        self._depth = 0
        self._loops: list[str] = []
        self._soft: frozenset[str] | None = frozenset()
        """The stops of the blocks in which a way may end without more ado; elsewhere that ends the run."""
        self.done: set[str] = set()
        """The nodes that have become part of the document."""

    def block(self, start: str | None, stops: frozenset[str] = frozenset()) -> list[Step]:
        """The steps from a node on, up to where the surrounding block goes on."""
        steps: list[Step] = []
        place: _Onward = start
        while place is not None and place != _DONE and place not in stops:
            node = self._flow.nodes[place]
            if node.type in LOOP_ENDS and self._loops:
                self._close(node)
                return steps
            if place in self.done or self._depth > _DEEPEST:
                return [*steps, self._jump(node)]
            self.done.add(place)
            made, place = self._one(node, stops)
            steps.extend(made)
        if place is None and stops - {_DONE} != self._soft and not (steps and steps[-1] in _LEAVING):
            steps.append({"return": None})
        return steps

    def _close(self, end: Node) -> None:
        """A loop's body ends here."""
        self.done.add(end.id)
        owner = end.config.get("paired_start_id")
        if owner and owner != self._loops[-1]:
            message = f"it ends the loop {owner!r} inside of the loop {self._loops[-1]!r}"
            self._notes.error(end.id, "paired_start_id", message, "let loops end in the order they begin")

    def _jump(self, node: Node) -> Step:
        message = "the way leads back, across or too deep: it is no branch that ends where it began"
        self._notes.error(node.id, "exec_in", message, "write it as a loop, or repeat the steps")
        return {"assert": False, "message": f"the way to {node.id} could not be imported"}

    def _one(self, node: Node, stops: frozenset[str]) -> _Made:
        """The steps of a node and of everything inside it, and what follows."""
        self._depth += 1
        match node.type:
            case "IfNode":
                made = self._if(node, stops)
            case "SwitchNode":
                made = self._switch(node, stops)
            case "ForLoopStartNode":
                made = self._for(node, stops)
            case "WhileLoopStartNode":
                made = self._while(node, stops)
            case "TryNode":
                made = self._try(node, stops)
            case "BreakNode":
                made = [{"break": None}], None
            case "ContinueNode":
                made = [{"continue": None}], None
            case _:
                made = self._plain(node)
        self._depth -= 1
        return made

    def _plain(self, node: Node) -> _Made:
        made = list(self._steps.of(node))
        onward = self._flow.next(node, "exec_out", "success", "completed", "triggered")
        for port, target in self._flow.ports(node).items():
            if target != onward:
                self._notes.error(node.id, port, f"what follows at this port, from {target!r} on, is left out")
        return made, onward

    def _inside(self, start: str | None, stops: frozenset[str]) -> list[Step]:
        """A block that must not be empty."""
        return self.block(start, stops) or [dict(_IDLE)]

    def _named(self, node: Node, step: Step) -> Step:
        return {"id": self._meanings.names.node(node.id), **step}

    def _if(self, node: Node, stops: frozenset[str]) -> _Made:
        condition = self._translator.condition(node, "expression", "condition")
        yes, no = self._flow.next(node, "true"), self._flow.next(node, "false")
        join = self._flow.join((yes, no), stops)
        onward = _DONE if join is None else join
        then, otherwise = self.block(yes, stops | {onward}), self.block(no, stops | {onward})
        if not then and not otherwise:
            return [], onward
        if not then:
            condition, then, otherwise = f"not ({condition})", otherwise, []
        step: Step = {"if": f"${{{{ {condition} }}}}", "then": [*then], **_otherwise(otherwise)}
        return [self._named(node, step)], onward

    def _switch(self, node: Node, stops: frozenset[str]) -> _Made:
        value = self._translator.given(node, "value", "expression")
        if value is None:
            self._notes.error(node.id, "expression", "nothing says which case to take")
        ports = self._flow.ports(node)
        named = {port.removeprefix("case_"): target for port, target in ports.items() if port.startswith("case_")}
        join = self._flow.join([*named.values(), ports.get("default")], stops)
        onward = _DONE if join is None else join
        inner = stops | {onward}
        cases: list[JsonValue] = [
            {"when": when, "do": [*self._inside(target, inner)]} for when, target in named.items()
        ]
        default = self.block(ports.get("default"), inner)
        if not cases:
            return default, onward
        text = self._translator.expression(value, node.id, "expression")
        step: Step = {"switch": f"${{{{ str({text}) }}}}", "cases": cases}
        return [self._named(node, {**step, "default": [*default]} if default else step)], onward

    def _for(self, node: Node, stops: frozenset[str]) -> _Made:
        names = self._meanings.loops[node.id]
        items = self._items(node)
        body, after = self._body(node, stops, str(node.config.get("item_var") or "item"), names.item)
        step: Step = {"for_each": items, "as": names.item}
        if names.index in self._translator.used:
            step["index"] = names.index
        return [self._named(node, {**step, "do": [*body]})], after

    def _items(self, node: Node) -> JsonValue:
        variable = node.config.get("list_var")
        if node.config.get("mode") != "range":
            items = self._translator.given(node, "items")
            if items is None and isinstance(variable, str) and variable:
                braced = variable if "{" in variable or "%" in variable else f"{{{{{variable}}}}}"
                items = self._translator.value(braced, node.id, "list_var")
            items = typed(items, "List")
            if isinstance(items, list | dict) or (isinstance(items, str) and items.startswith("${{")):
                return items
            self._notes.error(node.id, "items", "nothing says what to go through")
            return []
        fields = {"start": 0, "end": 10, "step": 1}
        values = {field: self._translator.given(node, field) for field in fields}
        written = (
            self._translator.expression(fields[field] if value is None else value, node.id, field)
            for field, value in values.items()
        )
        return f"${{{{ range({', '.join(written)}) }}}}"

    def _while(self, node: Node, stops: frozenset[str]) -> _Made:
        condition = self._translator.condition(node, "expression", "condition")
        body, after = self._body(node, stops, "", "")
        limit = node.config.get("max_iterations", 1000)
        self._notes.warn(node.id, "max_iterations", "a loop that is still going after so many rounds fails here")
        step: Step = {"while": f"${{{{ {condition} }}}}", "do": [*body]}
        return [self._named(node, {**step, "limit": limit if isinstance(limit, int) else 1000})], after

    def _body(self, node: Node, stops: frozenset[str], variable: str, name: str) -> _Made:
        """A loop's rounds, and what follows them."""
        start, after = self._flow.next(node, "body", "loop_body"), self._flow.next(node, "completed", "exec_out")
        ends = [other for other in self._flow.reach(start) if self._flow.nodes[other].type in LOOP_ENDS]
        paired = next((end for end in ends if self._flow.nodes[end].config.get("paired_start_id") == node.id), None)
        end = paired or next(iter(ends), None)
        if end is None:
            self._notes.warn(node.id, "body", "no way comes to an end node: the run ends in the first round")
        after = after or (self._flow.next(end, "exec_out", "completed") if end is not None else None)
        self._translator.loop(variable, name)
        self._loops.append(node.id)
        soft, self._soft = self._soft, None
        body = self._inside(start, stops | {_DONE if after is None else after})
        self._soft = soft
        self._loops.pop()
        self._translator.leave()
        return body, after

    def _try(self, node: Node, stops: frozenset[str]) -> _Made:
        start = self._flow.next(node, "try_body", "body", "exec_out")
        catch, final = self._partner(node, start, "CatchNode"), self._partner(node, start, "FinallyNode")
        handler = self._flow.next(catch or node, *(("catch_body", "exec_out") if catch else ("catch",)))
        marks = frozenset(mark for mark in (catch, final) if mark is not None)
        after = self._beyond(node, catch, final)
        if after is None and final is None:
            after = self._flow.join((start, handler), stops | marks)
        onward = _DONE if after is None else after
        inner = stops | marks | {onward}
        soft, self._soft = self._soft, inner - {_DONE}
        body = self._inside(start, inner)
        step: Step = {"try": [*body]}
        if catch is not None or handler is not None:
            step["catch"] = [self._clause(node, catch, self._inside(handler, inner))]
        if final is not None:
            step["finally"] = [*self._inside(self._flow.next(final, "finally_body", "exec_out"), inner)]
        self._soft = soft
        self.done |= marks
        if "catch" not in step and "finally" not in step:
            self._notes.warn(node.id, None, "it is left out: nothing catches its errors")
            return body, onward
        return [self._named(node, step)], onward

    def _beyond(self, node: Node, catch: str | None, final: str | None) -> str | None:
        """What a `try` leads to, where a port of its own says so."""
        if (after := self._flow.next(node, "success", "completed")) is not None:
            return after
        for mark, body in ((final, "finally_body"), (catch, "catch_body"), (node.id, "try_body")):
            if mark is not None and self._flow.next(mark, body) is not None:
                after = after or self._flow.next(mark, "exec_out")
        return after

    def _partner(self, node: Node, start: str | None, kind: str) -> str | None:
        """The node that belongs to a `try`: by its setting, else the nearest."""
        nodes = self._flow.nodes
        for other in nodes.values():
            if other.type == kind and other.config.get("paired_try_id") == node.id:
                return other.id
        near = [other for other in self._flow.reach(start) if nodes[other].type == kind and other not in self.done]
        return next((other for other in near if not nodes[other].config.get("paired_try_id")), None)

    def _clause(self, node: Node, catch: str | None, steps: list[Step]) -> Step:
        owner = self._flow.nodes[catch] if catch is not None else node
        clause: Step = {"as": f"{self._meanings.names.node(owner.id)}_error", "do": [*steps]}
        types = owner.config.get("error_types")
        names = [name.strip() for name in types.split(",")] if isinstance(types, str) and types.strip() else []
        if names and names != ["*"]:
            self._notes.warn(
                owner.id, "error_types", "errors may have other names here", "see which errors the nodes raise"
            )
            return {"on": [*names], **clause}
        return clause


def _otherwise(steps: list[Step]) -> Step:
    """What follows when a condition does not hold; a single further condition needs no block of its own."""
    if len(steps) == 1 and "if" in steps[0]:
        inner = dict(steps[0])
        further = inner.pop("elif", [])
        first: JsonValue = {"if": inner["if"], "then": inner["then"]}
        rest: Step = {"else": inner["else"]} if "else" in inner else {}
        return {"elif": [first, *(further if isinstance(further, list) else [])], **rest}
    return {"else": [*steps]} if steps else {}
