"""What an import could not carry over, by node and field."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.defect import Defect
from workflows.source import Problem


@dataclass(slots=True)
class Notes:
    """Collects problems; the `step` of each is the node's id in the imported file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def error(
        self,
        node: str | None,
        name: str | None,
        message: str,
        hint: str | None = None,
        *,
        code: Defect = Defect.NOT_IMPORTED,
    ) -> None:
        """Something the automation did is missing from the document."""
        self.problems.append(Problem(self.file, code, message, step=node, field=name, hint=hint))

    def warn(self, node: str | None, name: str | None, message: str, hint: str | None = None) -> None:
        """Something is different, but nothing is missing."""
        code = Defect.IMPORTED_DIFFERENTLY
        self.problems.append(Problem(self.file, code, message, step=node, field=name, hint=hint, severity="warning"))
