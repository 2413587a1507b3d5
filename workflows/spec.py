"""What may be known of a node type without its code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, JsonValue

_WORDS = frozenset({"title", "description", "examples"})
"""What schemas say to people only."""


class Effect(StrEnum):
    """What repeating a node would do to the world."""

    READ = "read"
    """Nothing: it only looks."""

    IDEMPOTENT = "idempotent"
    """Nothing more than doing it once."""

    ONCE = "once"
    """Possibly the same thing twice: it must never be repeated blindly."""


class EffectRule(BaseModel):
    """An effect that goes with certain values of a parameter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    param: str
    """The parameter."""

    values: tuple[JsonValue, ...]
    """Any of these, written out in the document."""

    effect: Effect
    """What repeating the step would do then."""


class NodeSpec(BaseModel):
    """The durable facts of one node type: enough to check, plan, document and route a step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    """The name documents use, e.g. `browser.click`."""

    summary: str
    """The first line of its documentation."""

    description: str
    """The rest of its documentation, Markdown, without the example."""

    example: str
    """A runnable list of steps, as YAML."""

    capability: str
    """The tag of the robots that can do it, e.g. `browser`."""

    session: bool
    """Whether it acts in a session that one robot holds for the run (a browser, a desktop)."""

    effect: Effect
    """What repeating it would do, unless a rule applies or a step says otherwise."""

    effects: tuple[EffectRule, ...] = ()
    """Where parameters decide: the first rule that applies."""

    timeout: timedelta
    """How long one attempt may take, unless a step says otherwise."""

    label: str | None = None
    """The parameter that best tells what a step acts on, e.g. `target`."""

    checkpoint: bool = False
    """Whether it begins anew in its session, as opening a page does, whatever was there before."""

    workspace: bool = False
    """Whether it reads or writes files of the run's workspace."""

    workspace_for: str | None = None
    """The parameter that needs those files; steps without it are not sent them. None if all steps need them."""

    params: dict[str, JsonValue]
    """JSON Schema (draft 2020-12) of `with`."""

    result: dict[str, JsonValue]
    """JSON Schema (draft 2020-12) of the step's output."""

    @property
    def digest(self) -> str:
        """What tells this node type from others of its name: what it takes and gives; words to people do not count."""
        facts = {
            "capability": self.capability,
            "session": self.session,
            "params": _bare(self.params),
            "result": _bare(self.result),
        }
        return sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:12]

    def effect_of(self, params: Mapping[str, JsonValue]) -> Effect:
        """Tell the effect of a call as far as its parameters are known.

        A parameter that is left out counts with its default; an expression is no value yet, so no rule applies to it.
        """
        for rule in self.effects:
            if params.get(rule.param, self._default(rule.param)) in rule.values:
                return rule.effect
        return self.effect

    def opens_workspace(self, params: Mapping[str, JsonValue]) -> bool:
        """Tell whether a step with these parameters reads or writes files."""
        return self.workspace and self.workspace_for in (None, *params)

    def _default(self, param: str) -> JsonValue:
        match self.params:
            case {"properties": dict(properties)}:
                match properties.get(param):
                    case {"default": default}:
                        return default
        return None


def _bare(schema: JsonValue, *, names: bool = False) -> JsonValue:
    """A schema without what it says to people; `names` are those of fields, whatever they are."""
    match schema:
        case dict():
            return {
                key: _bare(value, names=not names and key in {"properties", "$defs"})
                for key, value in schema.items()
                if names or key not in _WORDS
            }
        case list():
            return [_bare(each) for each in schema]
        case _:
            return schema
