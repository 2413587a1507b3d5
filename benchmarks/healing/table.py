"""The findings as a table: wrong elements first."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.healing.measure import HEALERS, Finding, Time
from benchmarks.healing.truth import Target
from workflows.healing import Verdict, decide
from workflows.spec import Effect

_HEAD = (
    f"{'':22}{'':>6} | {'acted on the wrong element, %':^40} | {'right, %':^40}\n"
    f"{'set':22}{'n':>6} | {'naive':>8}{'Similo':>8}{'ours':>8}{'once':>8}{'':8} | "
    f"{'naive':>8}{'Similo':>8}{'ours':>8}{'proposed':>9}{'best':>7}"
)


def table(findings: Sequence[Finding]) -> str:
    """One line per set.

    `ours` is what a step that may be repeated does by itself, `once` one that may not; `proposed` is what a person is
    asked and the answer is yes; `best` is how often the best candidate is the right one, whatever was decided.
    """
    sets = dict.fromkeys(finding.set for finding in findings)
    return "\n".join([_HEAD, *(_line(name, [each for each in findings if each.set == name]) for name in sets)])


def _line(name: str, findings: Sequence[Finding]) -> str:
    count = len(findings)

    def share(hits: int) -> str:
        return f"{100 * hits / count:.1f}"

    def ours(result: str, verdict: Verdict, effect: Effect = Effect.IDEMPOTENT) -> str:
        return share(sum(each.ours == result and each.verdict(effect) is verdict for each in findings))

    wrong = [
        share(sum(each.naive == "wrong" for each in findings)),
        share(sum(each.similo == "wrong" for each in findings)),
        ours("wrong", Verdict.AUTO),
        ours("wrong", Verdict.AUTO, Effect.ONCE),
    ]
    right = [
        share(sum(each.naive == "right" for each in findings)),
        share(sum(each.similo == "right" for each in findings)),
        ours("right", Verdict.AUTO),
    ]
    if findings[0].gone:
        refused = share(sum(each.verdict(Effect.IDEMPOTENT) is Verdict.REFUSE for each in findings))
        return f"{name:22}{count:6} | {''.join(f'{each:>8}' for each in wrong)}{'':8} | refused {refused}"
    proposed, best = ours("right", Verdict.PROPOSE), share(sum(each.ours == "right" for each in findings))
    return (
        f"{name:22}{count:6} | {''.join(f'{each:>8}' for each in wrong)}{'':8} | "
        f"{''.join(f'{each:>8}' for each in right)}{proposed:>9}{best:>7}"
    )


def detail(target: Target, finding: Finding) -> str:
    """One line on one element."""
    decision = decide(finding.evidence, Effect.IDEMPOTENT)
    score = f"{finding.evidence.score:.2f}+{finding.evidence.margin:.2f}" if finding.evidence else "-"
    truth = "gone" if finding.gone else finding.ours
    found = f"{finding.called!r} {target.path} -> {finding.found} ({decision.reason})"
    return f"{decision.verdict:8}{truth:6}{score:10} {found}"


def timing(times: Sequence[Time]) -> str:
    """How long each healer takes."""
    lines = []
    for healer in HEALERS:
        wall = sorted(each.wall for each in times if each.healer == healer)
        cpu = sorted(each.cpu for each in times if each.healer == healer)
        lines.append(
            f"{healer:8} median {statistics.median(wall):7.1f}, p95 {wall[int(len(wall) * 0.95)]:7.1f}; "
            f"of processor time median {statistics.median(cpu):7.1f}, p95 {cpu[int(len(cpu) * 0.95)]:7.1f}"
        )
    return "\n".join(lines)
