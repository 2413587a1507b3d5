"""What a node type is: one typed function and the facts that go with it."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import ConfigDict, ValidationError

from workflows.documented import Documented
from workflows.errors import InvalidParamsError
from workflows.params import params_problems
from workflows.spec import Effect, EffectRule, NodeSpec

S = TypeVar("S")
S_contra = TypeVar("S_contra", contravariant=True)
P = TypeVar("P", bound="Params")
R = TypeVar("R", bound="Result")


class Params(Documented):
    """What a document writes under `with`; one attribute docstring per field."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Result(Documented):
    """A step's output; one attribute docstring per field."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        serialize_by_alias=True,
    )


@dataclass(frozen=True, slots=True)
class Capability(Generic[S]):
    """Something a robot can lend to a step; its name is the robot's tag."""

    name: str
    session: bool = False
    """Whether one robot holds it for the whole run (a browser) instead of lending it per step."""
    workspace: bool = False
    """Whether it gives access to the files of the run."""
    part: Callable[[S, Params], S] | None = None
    """Finds the part of a session that a step's parameters name, e.g. one tab of a browser."""


@dataclass(frozen=True, slots=True)
class Node(Generic[S, P, R]):
    """One node type: a value, registered nowhere; the catalog finds it by looking."""

    name: str
    capability: Capability[S]
    effect: Effect
    effects: tuple[EffectRule, ...]
    timeout: timedelta
    label: str | None
    workspace: bool
    workspace_for: str | None
    params: type[P]
    result: type[R]
    function: Callable[[S, P], Awaitable[R]]
    checkpoint: bool = False

    async def __call__(self, session: S, params: P) -> R:
        """Do it, as a plain function."""
        part = self.capability.part
        return await self.function(part(session, params) if part else session, params)

    def read_params(self, params: object) -> P:
        """Check plain JSON against the node's parameters.

        Raises:
            InvalidParamsError: some field is wrong, missing or unknown; the message names each.
        """
        try:
            return self.params.model_validate(params)
        except ValidationError as error:
            problems = "; ".join(self._problems(params, error))
            raise InvalidParamsError(f"{self.name} cannot take these parameters: {problems}") from error

    def _problems(self, params: object, error: ValidationError) -> Iterator[str]:
        """Say what is wrong as `aether validate` does; what only the node's own checks find, as they do."""
        found = list(params_problems(self.params.model_json_schema(), params)) if isinstance(params, dict) else []
        for place, _, wrong, hint in found:
            yield _at(place) + wrong + (f" ({hint.rstrip('.')})" if hint else "")
        places = [place for place, *_ in found]
        for part in error.errors():
            own = part["type"] == "value_error"
            if (own and part["loc"] not in places) or not found:
                yield _at(part["loc"]) + part["msg"].removeprefix("Value error, ")

    def spec(self) -> NodeSpec:
        """The node's facts without its code: made once, nobody changes them."""
        return _spec(self)


@cache
def _spec(node: Node[Any, Any, Any]) -> NodeSpec:
    documentation = inspect.getdoc(node.function) or ""
    text, _, rest = documentation.partition("```yaml\n")
    summary, _, description = text.strip().partition("\n")
    return NodeSpec(
        type=node.name,
        summary=summary.strip(),
        description=description.strip(),
        example=rest.partition("```")[0].rstrip(),
        capability=node.capability.name,
        session=node.capability.session,
        checkpoint=node.checkpoint,
        workspace=node.workspace,
        workspace_for=node.workspace_for,
        effect=node.effect,
        effects=node.effects,
        timeout=node.timeout,
        label=node.label,
        params=node.params.model_json_schema(),
        result=node.result.model_json_schema(mode="serialization"),
    )


def _at(place: tuple[str | int, ...]) -> str:
    return f"field {'.'.join(map(str, place))!r}: " if place else ""


def node(  # noqa: PLR0913 - the facts of a node type, all but one by keyword
    name: str,
    *,
    needs: Capability[S],
    effect: Effect,
    effects: Sequence[EffectRule] = (),
    timeout: timedelta = timedelta(seconds=30),
    label: str | None = None,
    workspace: bool | None = None,
    workspace_for: str | None = None,
    checkpoint: bool = False,
) -> Callable[[Callable[[S, P], Awaitable[R]]], Node[S, P, R]]:
    """Make a node type of a function `async (session, params) -> result`.

    `effects` are rules for parameters that decide the effect; `label` names the parameter that best tells what a
    step acts on; `workspace` says that this node touches the run's files although its capability usually does not,
    `workspace_for` that only steps with this parameter do;
    `checkpoint` says that it begins anew in its session, whatever was there before.
    """

    def declare(function: Callable[[S, P], Awaitable[R]]) -> Node[S, P, R]:
        hints = get_type_hints(function)
        *_, params = [hints[name] for name in inspect.signature(function).parameters]
        result: Any = hints["return"]
        return Node(
            name=name,
            capability=needs,
            effect=effect,
            effects=tuple(effects),
            timeout=timeout,
            label=label,
            workspace=needs.workspace or workspace_for is not None if workspace is None else workspace,
            workspace_for=workspace_for,
            params=params,
            result=result,
            function=function,
            checkpoint=checkpoint,
        )

    return declare
