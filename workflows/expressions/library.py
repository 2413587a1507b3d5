"""All that expressions can call, by group: the language reference is generated from it, each example is a test."""

from __future__ import annotations

from workflows.expressions.function import Function
from workflows.expressions.functions.chance import CHANCES
from workflows.expressions.functions.dates import DATES
from workflows.expressions.functions.likeness import LIKENESS
from workflows.expressions.functions.lists import LISTS
from workflows.expressions.functions.matching import MATCHING
from workflows.expressions.functions.numbers import NUMBERS
from workflows.expressions.functions.objects import OBJECT_METHODS, OBJECTS
from workflows.expressions.functions.texts import LIST_METHODS, TEXT_METHODS
from workflows.expressions.functions.values import VALUES

GROUPS: dict[str, tuple[Function, ...]] = {
    "values": VALUES,
    "numbers": NUMBERS,
    "lists": LISTS,
    "objects": OBJECTS,
    "dates": DATES,
    "texts": (*LIKENESS, *MATCHING),
    "chance": CHANCES,
}
"""The functions, `name(…)`, by what they are about."""

FUNCTIONS: dict[str, Function] = {function.name: function for group in GROUPS.values() for function in group}
"""The functions by name."""

METHODS: dict[str, dict[str, Function]] = {
    "string": {method.name: method for method in TEXT_METHODS},
    "list": {method.name: method for method in LIST_METHODS},
    "object": {method.name: method for method in OBJECT_METHODS},
}
"""The methods, `value.name(…)`, by the kind of value they belong to, and by name."""
