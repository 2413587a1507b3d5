"""A notice in words, for people who read mail or a chat."""

from __future__ import annotations

from workflows.notice import Delivery, Notice, NoticeKind

_LONGEST_MESSAGE = 2000
_LONGEST_SUBJECT = 150

_WHAT: dict[NoticeKind, str] = {
    "parked": "parked",
    "robot_lost": "lost its robot",
    "unroutable": "waits for a robot that can take it",
    "sla": "is late",
    "approval": "waits for a decision",
    "ended_behind": "was ended past Aether",
    "done": "is done",
}


def subject(delivery: Delivery) -> str:
    """Say it in one line."""
    notice = delivery.notice
    error = f": {notice.error}" if notice.error else ""
    more = f" ({delivery.count} times)" if delivery.count > 1 else ""
    line = f"{notice.document} {_WHAT[notice.kind]}{_where(notice)}{error}{more}"
    return " ".join(line.split())[:_LONGEST_SUBJECT]


def text(delivery: Delivery) -> str:
    """Say all of it."""
    notice = delivery.notice
    facts = {
        "run": notice.run,
        "document": notice.document,
        "step": notice.place or notice.step,
        "error": notice.error,
        "time": f"{notice.at:%Y-%m-%d %H:%M:%S %Z}",
        "incident": notice.incident,
        "look": notice.link,
    }
    lines = [f"{subject(delivery)}."]
    if notice.message:
        lines += ["", notice.message[:_LONGEST_MESSAGE]]
    lines += ["", *(f"{name + ':':<10}{value}" for name, value in facts.items() if value)]
    if delivery.count > 1:
        lines += ["", f"This is the latest of {delivery.count} since {delivery.since:%Y-%m-%d %H:%M:%S %Z}."]
    if notice.kind == "parked":
        lines += ["", f"This run: aether show {notice.run}", f"All like it: aether incidents show {notice.incident}"]
    return "\n".join(lines) + "\n"


def _where(notice: Notice) -> str:
    place = notice.place or notice.step
    return f" at {place}" if place else ""
