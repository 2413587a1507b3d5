"""`aether heal list`, `show`, `report`, `export` and `import`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from activities.fingerprints import Fingerprint
from activities.heals import Heal, local_heals
from activities.sealing import Seal
from cli.caller import Caller
from cli.connecting import settings_of
from cli.failure import CommandError
from cli.output import Output, facts, table
from cli.views import ago, section
from workers import healing
from workers.healing import Rate
from workers.keys import local_secrets
from workflows.printing import print_value

_STYLES = {"proposed": "yellow", "refused": "red", "rejected": "red", "accepted": "green", "healed": "green"}
_TRAITS = ("tag", "type", "role", "text", "label", "hint", "icon", "test", "id", "name", "href", "classes", "heading")
_TIERS = {1: "by what it is", 2: "by what is around it", 3: "by how it looks"}
_MOST_OCCASIONS = 20


def list_heals(caller: Caller, *, document: str | None, run: str | None, state: str | None) -> int:
    """List what was found."""
    recorded = asyncio.run(healing.recorded(settings_of(caller), document=document))
    heals = [heal for heal in recorded if run in (None, *heal.runs) and state in (None, heal.state)]
    output = Output(caller)
    if not output.text:
        output.write_all(map(record, heals))
    elif heals:
        output.show(_list(heals))
        output.note("`aether heal show HEAL` shows one")
    else:
        output.note("no step of this installation had to look for its element")
    return 0


def show_heal(caller: Caller, name: str, *, save: Path | None) -> int:
    """Show one, and write its picture where that is wanted."""
    settings = settings_of(caller)
    heal = asyncio.run(local_heals(settings.artifacts).get(name))
    output = Output(caller)
    if save is not None:
        content = asyncio.run(healing.picture(settings, Seal(local_secrets(settings).sealing_key()), heal))
        if content is None:
            raise CommandError("not-found", f"no picture was taken of heal {heal.finding.id!r}")
        save.write_bytes(content)
        output.note(f"wrote {save}")
    if output.text:
        _show(output, heal)
    else:
        output.write(full_record(heal))
    return 0


def report_heals(caller: Caller, *, document: str | None) -> int:
    """Count them."""
    rates = healing.report(asyncio.run(healing.recorded(settings_of(caller), document=document)))
    output = Output(caller)
    if not output.text:
        output.write_all(asdict(rate) | {"total": rate.total, "last": rate.last.isoformat()} for rate in rates)
    elif rates:
        output.show(_rates(rates))
    else:
        output.note("no step of this installation had to look for its element")
    return 0


def export_memory(caller: Caller, document: str, *, to: Path | None) -> int:
    """Write what is remembered of a document's elements."""
    portable = asyncio.run(healing.export_fingerprints(settings_of(caller), document))
    if not portable.elements:
        raise CommandError(
            "not-found",
            f"nothing is remembered of elements of a document {document!r}",
            hint="robots remember them when its steps succeed; give the document's name, not its file",
        )
    output, text = Output(caller), portable.model_dump_json(indent=1)
    if to is None:
        output.raw(text)
    else:
        to.write_text(text + "\n", encoding="utf-8")
        output.note(f"wrote {len(portable.elements)} elements to {to}")
    return 0


def import_memory(caller: Caller, file: Path, *, replace: bool) -> int:
    """Remember elements from a file."""
    content = file.read_text(encoding="utf-8")
    new = asyncio.run(healing.import_fingerprints(settings_of(caller), content, replace=replace))
    output = Output(caller)
    if output.text:
        output.note(f"{new} elements are remembered that were not before" if new else "all of it is remembered already")
    else:
        output.write({"file": str(file), "new": new})
    return 0


def record(heal: Heal) -> dict[str, object]:
    """A heal as JSON."""
    finding, last = heal.finding, heal.occasions[-1]
    return {
        "heal": finding.id,
        "state": heal.state,
        "document": finding.key.document,
        "step": finding.key.step,
        "page": finding.key.page,
        "target": finding.key.target,
        "found": finding.found or None,
        "tier": last.tier,
        "score": last.score,
        "margin": last.margin,
        "reason": last.reason,
        "targets": [each.model_dump(mode="json") for each in finding.targets],
        "runs": [*heal.runs],
        "count": len(heal.occasions),
        "last": last.at.isoformat(),
        "ruling": heal.ruling.model_dump(mode="json") if heal.ruling is not None else None,
    }


def full_record(heal: Heal) -> dict[str, object]:
    """A heal as JSON, with what the element was and is, and when it was met."""
    before, after = heal.finding.before, heal.finding.after
    return record(heal) | {
        "before": before.model_dump(mode="json"),
        "after": after.model_dump(mode="json") if after is not None else None,
        "occasions": [each.model_dump(mode="json") for each in heal.occasions],
    }


def _list(heals: Sequence[Heal]) -> RenderableType:
    rows = [
        (
            Text(heal.finding.id, style="bold"),
            Text(heal.state, style=_STYLES[heal.state]),
            str(len(heal.occasions)),
            Text(heal.finding.key.document),
            Text(heal.finding.key.step),
            Text(heal.finding.key.target),
            Text(heal.finding.found or "-"),
            ago(heal.occasions[-1].at),
        )
        for heal in heals
    ]
    return table(("HEAL", "STATE", "TIMES", "DOCUMENT", "STEP", "TARGET", "FOUND", "LAST"), rows, right=(2,))


def _show(output: Output, heal: Heal) -> None:
    finding, last = heal.finding, heal.occasions[-1]
    output.show(Text.assemble((finding.id, "bold"), "  ", (heal.state, _STYLES[heal.state])))
    sure = f"{last.score:.2f}, {last.margin:.2f} more than the next" if last.score is not None else "-"
    pairs = {
        "document": Text(finding.key.document),
        "step": Text(finding.key.step),
        "page": Text(finding.key.page),
        "target": Text(finding.key.target),
        "found": Text(finding.found or "nothing"),
        "known": Text(_TIERS.get(last.tier, str(last.tier))),
        "alike": Text(sure),
        "why": Text(last.reason),
    }
    if heal.ruling is not None:
        pairs["ruling"] = Text(f"{heal.ruling.verdict} by {heal.ruling.by} {ago(heal.ruling.at)} {heal.ruling.note}")
    output.show(section("Heal", facts(pairs)))
    if finding.after is not None:
        rows = [
            (name, Text(before), Text(after)) for name, before, after in _differences(finding.before, finding.after)
        ]
        output.show(section("What changed", table(("TRAIT", "BEFORE", "NOW"), rows)))
    if finding.targets:
        targets = [
            (str(number), Text(print_value(each.target)), str(each.stability), Text(each.reason))
            for number, each in enumerate(finding.targets, 1)
        ]
        output.show(section("Targets", table(("", "TARGET", "STABILITY", "WHY"), targets, right=(2,))))
    met = [
        (ago(each.at), Text(each.outcome), Text(each.run), Text(each.place))
        for each in heal.occasions[-_MOST_OCCASIONS:]
    ]
    output.show(section("Met", table(("WHEN", "OUTCOME", "RUN", "PLACE"), met)))
    if heal.state == "proposed":
        output.note(
            f"`aether heal accept {finding.id} --document FILE` makes it the element, `aether heal reject` does not"
        )


def _differences(before: Fingerprint, after: Fingerprint) -> Iterator[tuple[str, str, str]]:
    for name in _TRAITS:
        then, now = (_shown(getattr(each, name)) for each in (before, after))
        if then != now:
            yield name, then, now


def _shown(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _rates(rates: Sequence[Rate]) -> RenderableType:
    headers = ("DOCUMENT", "STEP", "TIER", "TIMES", "HEALED", "PROPOSED", "REFUSED", "ACCEPTED", "REJECTED", "LAST")
    return table(headers, map(_rate_cells, rates), right=range(2, 9))


def _rate_cells(rate: Rate) -> list[RenderableType]:
    counts = (rate.tier, rate.total, rate.healed, rate.proposed, rate.refused, rate.accepted, rate.rejected)
    return [Text(rate.document), Text(rate.step), *map(str, counts), ago(rate.last)]
