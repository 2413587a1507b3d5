"""Robots that run programs."""

from __future__ import annotations

import os
from pathlib import Path

from activities.drivers.script.scripts import Rules


def rules(directory: Path, **others: object) -> Rules:
    """What programs may do in a test: the state of their robot is hidden from them."""
    state = directory / "state"
    (state / "scratch").mkdir(parents=True, exist_ok=True)
    (state / "secrets").write_text("hunter22-kept", encoding="utf-8")
    user = "nobody" if os.geteuid() == 0 else None
    return Rules(**{"scratch": state / "scratch", "hidden": (state,), "user": user, **others})  # type: ignore[arg-type]
