"""The workflow `assignment/<document>`: it stands for the robots that runs of one document get, and says who did so."""

from __future__ import annotations

from temporalio import workflow

from workflows.call import Message

ASSIGNED = "aether.assignment"
"""The type of the workflow."""
PREFIX = "assignment/"
"""What its id begins with; the document's name follows."""
MEMO = "assignment"
"""Where it can be read without anybody who answers for it."""


class Assignment(Message):
    """What runs of a document are started with, unless whoever starts them says otherwise."""

    document: str
    robot: str | None = None
    """The only robot that may hold their sessions."""
    tags: tuple[str, ...] = ()
    """What their robots must have besides what the document needs."""
    environment: str | None = None
    """Whose robots do them."""
    by: str
    at: float
    """Seconds since 1970 UTC."""
    note: str = ""


@workflow.defn(name=ASSIGNED)
class Assigned:
    """Lives for as long as an assignment holds; another one takes its place."""

    @workflow.run
    async def run(self, _assignment: Assignment) -> None:
        """Be there."""
        await workflow.wait_condition(lambda: False)
