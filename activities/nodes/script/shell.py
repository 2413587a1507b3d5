"""Run a shell script."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, JsonValue

from activities.node import Params, Result, node
from activities.sessions.script import SCRIPT, Code, Program, Scripts
from workflows.spec import Effect


class Shell(Params):
    """What to run, and what it gets."""

    code: Code
    """The script; written out, without expressions."""
    input: JsonValue = None
    """What it finds on standard input: text as it is, all else as JSON."""
    environment: dict[str, str] = Field(default={})
    """All of its environment but PATH, HOME, TMPDIR and LANG."""
    reads: tuple[str, ...] = ()
    """Files of the run that it finds in its working directory."""
    writes: tuple[str, ...] = ()
    """Files that it must leave there for the run."""


class Ran(Result):
    """What came of it."""

    result: JsonValue
    """What it printed, if that is JSON; else null."""
    stdout: str
    """What it printed, the end of it if that is long."""
    stderr: str
    """What it said of errors, the end of it if that is long."""


@node("script.shell", needs=SCRIPT, effect=Effect.ONCE, timeout=timedelta(minutes=1))
async def shell(scripts: Scripts, params: Shell) -> Ran:
    r"""Run a shell script in a process of its own, with limits.

    Robots offer it where the setting `script.enabled` says so. Values come by `input` or `environment`, never as part
    of the script; files of the run are in its working directory if they are named. It knows no secret but what it gets.
    An exit code other than 0 is a ScriptFailedError. What the script does to the world the robot cannot know: say
    `effect: read` or `effect: idempotent` if it may be repeated.

    ```yaml
    - do: files.write
      with: {path: names.txt, content: "Zoe\nAnn\n"}
    - id: sorted
      do: script.shell
      effect: read
      with:
        code: sort "$FILE" > sorted.txt && wc -l < sorted.txt
        environment: {FILE: names.txt}
        reads: [names.txt]
        writes: [sorted.txt]
    - assert: "${{ sorted.result == 2 }}"
    ```
    """
    ended = await scripts.run(
        Program("shell", params.code, params.input, params.environment, params.reads, params.writes)
    )
    return Ran(result=ended.result, stdout=ended.stdout, stderr=ended.stderr)
