"""How a planned step calls its node."""

from __future__ import annotations

from workflows.checks import Checks
from workflows.kind import NodeOptions
from workflows.part import Retry, Verify
from workflows.plan import NodeCall, RetryPlan, VerifyPlan
from workflows.source import Path
from workflows.spec import Effect, NodeSpec

RETRY_DELAYS = (10.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds between attempts where neither step nor document say otherwise."""
RETRY_JITTER = 0.2


def node_call(checks: Checks, step: NodeOptions, name: str, path: Path) -> NodeCall:
    """Check a call and plan it."""
    spec = checks.node(name, step.with_, path)
    call = _call(checks, spec, name, step)
    if step.verify is None:
        return call
    return call.model_copy(update={"verify": _verify(checks, step.verify, call.effect, (*path, "verify"))})


def _call(checks: Checks, spec: NodeSpec, name: str, step: NodeOptions) -> NodeCall:
    defaults = checks.document.defaults
    timeout = step.timeout or defaults.timeout or spec.timeout
    return NodeCall(
        type=name,
        capability=spec.capability,
        session=spec.session,
        checkpoint=spec.checkpoint,
        workspace=spec.opens_workspace(step.with_),
        effect=step.effect or spec.effect_of(step.with_),
        timeout=timeout.total_seconds(),
        retry=_retry(step.retry or defaults.retry),
        params=step.with_,
        label=spec.label,
    )


def _verify(checks: Checks, verify: Verify, effect: Effect, path: Path) -> VerifyPlan:
    spec = checks.verify(verify, effect, path)
    return VerifyPlan(
        node=_call(checks, spec, verify.do, NodeOptions(with_=verify.with_)),
        holds=verify.holds,
        proves=verify.absence == "proves",
        settle=verify.settle.total_seconds(),
    )


def _retry(retry: Retry | None) -> RetryPlan:
    if retry is None:
        return RetryPlan(delays=RETRY_DELAYS, jitter=RETRY_JITTER)
    return RetryPlan(
        delays=tuple(delay.total_seconds() for delay in retry.delays),
        jitter=retry.jitter,
        on={name: tuple(delay.total_seconds() for delay in delays) for name, delays in retry.on.items()},
    )
