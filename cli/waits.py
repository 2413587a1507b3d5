"""What a run waits for and what people had it do, as people read it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from cli.steps import duration, wish
from cli.views import error_text
from workers.healing import proposal_of
from workflows.progress import Decision, Waiting


def waits_view(waits: Sequence[Waiting], run: str) -> RenderableType:
    """What a run waits for, one paragraph each, with what a person can answer."""
    return Group(*(_waiting(waiting, run) for waiting in waits))


def decisions_view(decisions: Sequence[Decision]) -> RenderableType:
    """What people had a run do, oldest first."""
    return Group(*(_decision(decision) for decision in decisions))


def _waiting(waiting: Waiting, run: str) -> Text:
    step = f" --step {waiting.place}"
    match waiting.kind:
        case "parked":
            return _parked(waiting, run, step)
        case "person":
            fields = "".join(f" --field {name}=…" for name in waiting.form)
            who = f", by {', '.join(waiting.by)}" if waiting.by else ""
            return Text.assemble(
                (waiting.place, "bold"), f" asks{who}: ", (waiting.what, "yellow"), _until(waiting, "expires"),
                f"\n  aether approve {run}{step}{fields}\n  aether reject {run}{step}",
            )  # fmt: skip
        case _:
            return Text.assemble(
                (waiting.place, "bold"),
                " waits for ",
                (wish(waiting.what), "yellow"),
                _until(waiting, "until"),
            )


def _parked(waiting: Waiting, run: str, step: str) -> Text:
    tries = f" after {waiting.attempts} attempts" if waiting.attempts and waiting.attempts > 1 else ""
    since = f" for {duration(max(0.0, time.time() - waiting.since))}" if waiting.since is not None else ""
    lines = [
        Text.assemble((waiting.place, "bold"), (f" is parked{since}{tries}", "magenta"), _until(waiting, "robot kept")),
    ]
    if waiting.error is not None:
        lines.append(error_text(waiting.error))
        heal = proposal_of(waiting.error)
        if heal is not None:
            lines.append(
                Text(f"  aether heal show {heal}   what it found instead; heal accept|reject answers for all runs")
            )
    lines.append(
        Text(
            f"  aether fix {run}{step} --action retry|skip|set-output|goto|abort\n"
            f"  aether fix {run}{step} --document FILE   goes on with a corrected document"
        )
    )
    return Text("\n").join(lines)


def _decision(decision: Decision) -> Text:
    at = f"{datetime.fromtimestamp(decision.at).astimezone():%Y-%m-%d %H:%M:%S}"
    note = f": {decision.note}" if decision.note else ""
    error = f" ({decision.error.type})" if decision.error else ""
    return Text.assemble(
        (at, "dim"), f"  {decision.by} had {decision.place} ", (decision.action, "bold"), f"{error}{note}"
    )


def _until(waiting: Waiting, word: str) -> str:
    if waiting.due is None:
        return ""
    moment = datetime.fromtimestamp(waiting.due).astimezone()
    return f", {word} {'until ' if word == 'robot kept' else ''}{moment:%Y-%m-%d %H:%M:%S}"
