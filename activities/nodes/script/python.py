"""Run a Python function."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, JsonValue

from activities.node import Params, Result, node
from activities.sessions.script import SCRIPT, Code, Program, Scripts
from workflows.spec import Effect


class Python(Params):
    """What to run, and what it gets."""

    code: Code
    """Python that defines `main(input)`; written out, without expressions."""
    input: JsonValue = None
    """What `main` gets."""
    environment: dict[str, str] = Field(default={})
    """All of its environment but PATH, HOME, TMPDIR and LANG."""
    reads: tuple[str, ...] = ()
    """Files of the run that it finds in its working directory."""
    writes: tuple[str, ...] = ()
    """Files that it must leave there for the run."""


class Ran(Result):
    """What came of it."""

    result: JsonValue
    """What `main` returned."""
    stdout: str
    """What it printed, the end of it if that is long."""
    stderr: str
    """What it said of errors, the end of it if that is long."""


@node("script.python", needs=SCRIPT, effect=Effect.ONCE, timeout=timedelta(minutes=1))
async def python(scripts: Scripts, params: Python) -> Ran:
    """Run a Python function in a process of its own, with limits.

    Robots offer it where the setting `script.enabled` says so. The function gets JSON and returns JSON; files of the
    run are in its working directory if they are named. It knows no secret but what it gets. An exception or an exit
    code is a ScriptFailedError. What the program does to the world the robot cannot know: say `effect: read` or
    `effect: idempotent` if it may be repeated.

    ```yaml
    - id: total
      do: script.python
      effect: read
      with:
        input: {amounts: [12.5, 7.5]}
        code: |
          def main(input):
              return {"total": sum(input["amounts"])}
    - assert: "${{ total.result.total == 20 }}"
    ```
    """
    ended = await scripts.run(
        Program("python", params.code, params.input, params.environment, params.reads, params.writes)
    )
    return Ran(result=ended.result, stdout=ended.stdout, stderr=ended.stderr)
