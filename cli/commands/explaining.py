"""Commands that say why things are as they are."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.caller import caller_of


def explain(context: typer.Context, run_id: Annotated[str, typer.Argument(help="The run's id.", metavar="RUN")]) -> int:
    """Say why a run waits, step by step, and what can be done about it. It needs no orchestrator.

    As JSON a list of: `kind` (`timer`, `retry`, `person`, `event`, `child`, `parked`, `paused`, `robot`, `limit`,
    `pool`, `opening`, `step`, `silent`, `queue`, `orchestrator`, `defect`, `running` or `ended`), `step`, `place`,
    `why`, `since`, `due`, `robot`, `run` (that is waited for), `error`, `ahead` (how many come first), `candidates`
    and `lacking` (robots that could and could not: `robot`, `why`), `holders` (`run`, `place`, `robot`, `limits`,
    `since`), `doing` (what robots do for those: `run`, `place`, `node`, `since`), `remedies`, and `because`: the same
    of the run that is waited for.
    """
    from cli.explaining import explain_run

    return explain_run(caller_of(context), run_id)
