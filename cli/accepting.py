"""`aether heal accept` and `reject`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from pydantic import JsonValue
from rich.text import Text

from activities.heals import Heal, local_heals
from activities.sessions.target import Target
from cli.caller import Caller
from cli.checking import check, check_text, known_nodes
from cli.confirming import confirm
from cli.connecting import settings_of
from cli.failure import CommandError, ExitCode
from cli.output import Output
from workers import healing
from workers.answers import me
from workers.correcting import Advance, Correction, corrected, go_on, waiting_for
from workers.incidents import Incident
from workers.places import attach
from workers.settings import Settings
from workflows.parse import parse
from workflows.plan import Plan
from workflows.source import DocumentError


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What to do about a heal, as typed."""

    heal: str
    document: Path | None
    target: int
    runs: bool
    note: str
    by: str | None
    yes: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A document before and after its correction."""

    file: Path
    target: JsonValue
    before: str
    after: str
    plan: Plan

    @property
    def diff(self) -> str:
        """The change as reviewers read it."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(unified_diff(before, after, f"a/{self.file}", f"b/{self.file}"))

    def write(self) -> None:
        """Make it."""
        with self.file.open("w", encoding="utf-8", newline="") as file:
            file.write(self.after)


def accept_heal(caller: Caller, wanted: Acceptance) -> int:
    """Show the change, ask, and make it: in the document, for all runs to come, and for those that wait."""
    settings = settings_of(caller)
    heal = asyncio.run(local_heals(settings.artifacts).get(wanted.heal))
    change = _change(heal, wanted.document, wanted.target) if wanted.document is not None else None
    return asyncio.run(_accept(settings, Output(caller), heal, change, wanted))


def reject_heal(caller: Caller, name: str, *, note: str, by: str | None) -> int:
    """Have no step take it for its element again."""
    heal = asyncio.run(healing.reject(settings_of(caller), name, by=by or me(), note=note))
    output = Output(caller)
    if output.text:
        output.note(f"{heal.finding.found} will not be taken for {heal.finding.key.target} again")
    else:
        output.write({"heal": heal.finding.id, "state": heal.state})
    return ExitCode.OK


async def _accept(settings: Settings, output: Output, heal: Heal, change: Change | None, wanted: Acceptance) -> int:
    client = (await attach(settings))[1] if wanted.runs else None
    incidents = await waiting_for(client, heal) if client is not None else []
    if output.text and change is not None:
        _show_diff(output, change.diff)
    confirm(output, _said(heal, change, incidents), yes=wanted.yes)
    by = wanted.by or me()
    target = Target.model_validate(change.target) if change is not None else None
    heal = await healing.accept(settings, heal.finding.id, by=by, note=wanted.note, target=target)
    if change is not None:
        await asyncio.to_thread(change.write)
    note = f"heal {heal.finding.id} accepted" + (f": {wanted.note}" if wanted.note else "")
    correction = Correction(by, note, change.plan if change else None, change.after if change else "")
    advances = [await go_on(client, each, correction) for each in incidents] if client is not None else []
    return _tell(output, heal, change, advances)


def _change(heal: Heal, file: Path, number: int) -> Change:
    """What the document becomes; it runs like that."""
    checked = check(str(file))
    if checked.plan is None:
        raise DocumentError(checked.problems)
    before = checked.text
    targets = heal.finding.targets
    if number > len(targets):
        raise CommandError(
            "target",
            f"heal {heal.finding.id!r} knows {len(targets)} targets of what was found, and none with number {number}",
            hint=f"see `aether heal show {heal.finding.id}`; without --document it is accepted all the same",
        )
    target = targets[number - 1].target
    after = corrected(parse(before, file=str(file)).source, known_nodes(), heal, target)
    checked = check_text(after.encode(), str(file))
    if checked.plan is None:
        raise DocumentError(checked.problems)
    return Change(file, target, before, after, checked.plan)


def _show_diff(output: Output, diff: str) -> None:
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.splitlines():
        output.show(Text(line, style=styles.get(line[:1], "")))


def _said(heal: Heal, change: Change | None, incidents: Sequence[Incident]) -> str:
    count = sum(len(incident.runs) for incident in incidents)
    parts = [f"{heal.finding.found} is {heal.finding.key.target} of step {heal.finding.key.step!r} from now on"]
    parts += [f"{change.file} is changed"] if change is not None else []
    parts += (
        [f"{count} parked run{'s' if count > 1 else ''} go on" if count > 1 else "1 parked run goes on"]
        if count
        else []
    )
    return ", ".join(parts)


def _tell(output: Output, heal: Heal, change: Change | None, advances: Sequence[Advance]) -> int:
    fixed, refused = sum(each.fixed for each in advances), sum(each.refused for each in advances)
    stopped = next((each.stopped for each in advances if each.stopped is not None), None)
    if not output.text:
        file, diff = (str(change.file), change.diff) if change is not None else (None, None)
        value = {"heal": heal.finding.id, "state": heal.state, "document": file, "diff": diff}
        output.write(value | {"fixed": fixed, "refused": refused, "stopped": stopped})
    elif stopped is not None:
        output.note(Text.assemble(("✗ ", "red"), f"accepted, but the other runs were left as they are: {stopped}"))
    else:
        went = f"; {fixed} runs went on" if fixed else ""
        output.note(Text.assemble(("✓ ", "green"), f"accepted{went}" + (f", {refused} could not" if refused else "")))
    if stopped is not None:
        return ExitCode.RUN_FAILED
    return ExitCode.PARKED if refused else ExitCode.OK
