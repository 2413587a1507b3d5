"""The language, written the short way: recursion and Python's own exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.programs import Steps

Clauses = list[dict[str, Any]]


class Break(Exception): ...  # noqa: N818


class Continue(Exception): ...  # noqa: N818


@dataclass
class Return(Exception):  # noqa: N818
    outputs: dict[str, Any]


@dataclass
class Raise(Exception):  # noqa: N818
    kind: str
    name: str

    @property
    def names(self) -> set[str]:
        """What a catch may call it."""
        return {self.name} if self.kind == "unknown-outcome" else {self.kind, self.name, "any"}


@dataclass
class Abort(Exception):  # noqa: N818
    name: str


class Skip(Exception): ...  # noqa: N818


@dataclass
class Oracle:
    """What a run of some steps must come to."""

    parks: bool = False
    """Whether a person answers what is not caught."""
    answer: str = "retry"
    """What the person says; of what a retry does not help, they say `skip`."""
    variables: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)
    calls: list[Any] = field(default_factory=list)
    undo: list[tuple[Steps, dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    clauses: list[Clauses] = field(default_factory=list)
    leaving: int = 0
    raced: bool = False
    """Whether something was called off: how far it came nobody can foretell."""
    unsure: bool = False
    """Whether nobody can foretell which of several errors comes first."""

    def run(self, steps: Steps) -> tuple[str, Any]:
        """How the run ends, and what it gives or why it failed."""
        try:
            self.block(steps)
        except Return as ended:
            return "completed", ended.outputs
        except (Raise, Abort) as error:
            self.make_undone()
            return "failed", error.name
        return "completed", {"a": self.variables["a"], "b": self.variables["b"]}

    def make_undone(self) -> None:
        for block, names, variables in reversed(self.undo):
            self.names, self.variables = dict(names), dict(variables)
            try:
                self.block(block)
            except (Raise, Abort):
                continue

    def value(self, given: Any) -> Any:
        if isinstance(given, dict):
            return {key: self.value(inner) for key, inner in given.items()}
        if isinstance(given, str) and given.startswith("${{"):
            try:
                return eval(given[4:-3], {}, {**self.variables, **self.names})  # noqa: S307 - a generated expression
            except NameError:
                raise Raise("configuration", "ExpressionError") from None
        return given

    def block(self, steps: Steps) -> dict[str, Any]:
        for step in steps:
            try:
                output = self.step(step)
            except Skip:
                continue
            if "id" in step:
                self.names[step["id"]] = output
            if "undo" in step:
                self.undo.append((step["undo"], dict(self.names), dict(self.variables)))
        return {step["id"]: self.names[step["id"]] for step in steps if step.get("id") in self.names}

    def fail(self, error: Raise) -> None:
        """An error that nothing here answers: it is raised, or a person answers and the step begins anew."""
        caught = any(not error.names.isdisjoint({clause["on"]}) for clauses in self.clauses for clause in clauses)
        if not self.parks or error.kind == "business" or caught or self.leaving:
            raise error
        answer = "skip" if self.answer == "retry" and error.kind == "configuration" else self.answer
        if answer == "skip":
            raise Skip
        if answer == "abort":
            raise Abort(error.name)

    def step(self, step: dict[str, Any]) -> Any:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of step
        match step:
            case {"for_each": items, "parallel": _, "do": body}:
                results = self.fork([body] * len(items), step["on_error"])
                return {"count": len(items), "results": results}
            case {"for_each": items, "do": body}:
                return self.rounds(iter(items), body)
            case {"while": condition, "do": body}:
                return self.rounds(self.while_(condition), body)
            case {"parallel": branches, "on_error": on_error}:
                return dict(zip(branches, self.fork(list(branches.values()), on_error), strict=True))
            case {"session": _, "do": body}:
                return self.block(body)
            case {"call": _, "with": given}:
                return self.called(given)
            case {"do": _, "with": given}:
                return self.call(step, given)
            case {"if": condition, "then": then, "else": other}:
                return self.block(then if self.value(condition) else other)
            case {"try": body, "catch": clauses, "finally": final}:
                return self.attempt(body, clauses, final)
            case {"set": values}:
                computed = {name: self.value(given) for name, given in values.items()}
                self.variables |= computed
                return computed
            case {"assert": condition}:
                if not self.value(condition):
                    raise Raise("business", "AssertionFailedError")
            case {"throw": _}:
                raise Raise("business", "OddError")
            case {"return": values}:
                raise Return({name: self.value(given) for name, given in values.items()})
            case {"break": condition}:
                if self.value(condition):
                    raise Break
            case {"continue": condition}:
                if self.value(condition):
                    raise Continue
            case _:
                pass
        return None

    def call(self, step: dict[str, Any], given: dict[str, Any]) -> Any:
        """Attempts until one succeeds, delays run out or nothing helps; after a person's retry, so many again."""
        try:
            params = self.value(given)
        except Raise as error:
            self.fail(error)
            raise
        attempt, tries = 0, 1 + len(step.get("retry", {"delays": []})["delays"])
        while True:
            for _ in range(tries if params["kind"] == "robot" else 4):
                attempt += 1
                self.calls.append((params, attempt))
                if attempt > params["fails"]:
                    return {"did": params["n"]}
                if params["kind"] == "business":
                    raise Raise("business", "BrokenError")
            self.fail(Raise("robot", "BrokenError"))

    def called(self, given: dict[str, Any]) -> dict[str, Any]:
        """Another document: it has variables of its own."""
        inputs = self.value(given)
        total = inputs["x"] + 1
        self.calls.append(({"n": inputs["n"], "fails": 0, "kind": "robot", "a": total}, 1))
        return {"sum": total}

    def while_(self, condition: Any) -> Iterator[None]:
        for _ in range(3):
            if not self.value(condition):
                return
            yield
        if self.value(condition):
            self.fail(Raise("configuration", "StepBudgetError"))

    def rounds(self, items: Iterator[Any], body: Steps) -> dict[str, Any]:
        results: list[Any] = []
        outer = self.names
        try:
            for _ in items:
                self.names = dict(outer)
                try:
                    results.append(self.round(body))
                except Break:
                    break
        finally:
            self.names = outer
        return {"count": len(results), "results": results}

    def round(self, body: Steps) -> dict[str, Any]:
        try:
            return self.block(body)
        except Continue:
            return {step["id"]: self.names[step["id"]] for step in body if step.get("id") in self.names}

    def fork(self, bodies: list[Steps], on_error: str) -> list[Any]:
        """Branches or rounds side by side, here one after the other: none sees what another does."""
        names, variables = self.names, self.variables
        results: list[Any] = []
        errors: list[Raise | Abort] = []
        for body in bodies:
            self.names, self.variables = dict(names), dict(variables)
            try:
                results.append(self.round(body))
            except (Raise, Abort) as error:
                errors.append(error)
        self.names, self.variables = names, variables
        if not errors:
            return results
        self.raced = self.raced or on_error == "cancel" or any(isinstance(error, Abort) for error in errors)
        self.unsure = self.unsure or (self.raced and any(error != errors[0] for error in errors))
        raise errors[0]

    def attempt(self, body: Steps, clauses: Clauses, final: Steps) -> Any:
        try:
            output = self.guarded(body, clauses)
        except Abort:
            self.leaving += 1
            try:
                self.block(final)
            except (Raise, Break, Continue, Return):
                pass
            finally:
                self.leaving -= 1
            raise
        except (Raise, Break, Continue, Return):
            self.block(final)
            raise
        self.block(final)
        return output

    def guarded(self, body: Steps, clauses: Clauses) -> Any:
        try:
            with self.catching(clauses):
                return self.block(body)
        except Raise as error:
            clause = next((clause for clause in clauses if clause["on"] in error.names), None)
            if clause is None:
                raise
            return self.block(clause["do"])

    @contextmanager
    def catching(self, clauses: Clauses) -> Iterator[None]:
        self.clauses.append(clauses)
        try:
            yield
        finally:
            self.clauses.pop()
