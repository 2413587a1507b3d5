"""Names of nodes and variables as the language allows them, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from keyword import iskeyword

from workflows.expressions.library import FUNCTIONS
from workflows.visible import RESERVED

_LONGEST = 60


class Names:
    """Gives each node and each variable a name of its own."""

    def __init__(self, variables: Iterable[str], nodes: Iterable[str]) -> None:
        self._taken = {*RESERVED, *FUNCTIONS}
        self._variables: dict[str, str] = {}
        self._nodes: dict[str, str] = {}
        for variable in variables:
            self.variable(variable)
        for node in nodes:
            self._nodes[node] = self.fresh(node)

    def variable(self, name: str) -> str:
        """The name of a variable; a new one for a variable not heard of before."""
        if name not in self._variables:
            self._variables[name] = self.fresh(name)
        return self._variables[name]

    def knows(self, variable: str) -> bool:
        """Whether something gives this variable a value."""
        return variable in self._variables

    def node(self, node: str) -> str:
        """The id of the step that stands for a node."""
        return self._nodes[node]

    def fresh(self, wish: str) -> str:
        """A name like the one wished for that nothing else has."""
        plain = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_")[:_LONGEST] or "step"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        name, number = plain, 1
        while name in self._taken or iskeyword(name):
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        return name
