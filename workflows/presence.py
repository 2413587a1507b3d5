"""What is known of a robot: folded from what its process says of itself and what people want of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from workflows.call import Message
from workflows.fleet import (
    Load,
    ModeRequest,
    Order,
    Presence,
    RobotCard,
    RobotEntry,
    RobotMode,
    RobotReport,
    RobotView,
    TagsRequest,
)
from workflows.part import TAG_PATTERN

Standing: TypeAlias = Literal["Online", "Draining", "Paused", "Failing", "Lost", "Offline"]
"""How a robot is, in one word: what lists of Temporal are searched by."""

TAKEN = "RobotTakenError"
"""The type of the refusal of a second process; its details are the card of the first."""


class Reason(Message):
    """Who decided something, and why."""

    by: str = ""
    why: str = ""


class Known(Message):
    """A robot as its workflow knows it."""

    card: RobotCard
    """As its process came; with the tags that it brought itself."""
    presence: Presence = "here"
    since: float
    """Since when it is as it is, in seconds since 1970 UTC."""
    load: Load = "low"
    failing: str = ""
    paused: Reason | None = None
    """Set until it is resumed, however often its process starts anew."""
    draining: Reason | None = None
    """Set until its process ends."""
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Changes to the tags it brought: they hold as long as it brings the same."""

    @property
    def mode(self) -> RobotMode:
        """What it is to do."""
        if self.draining is not None:
            return "draining"
        return "serving" if self.paused is None else "paused"

    @property
    def tags(self) -> tuple[str, ...]:
        """What it brought, with the changes of people."""
        return tuple(sorted({*self.card.tags, *self.added} - set(self.removed)))

    @property
    def standing(self) -> Standing:
        """How it is."""
        match self.presence, self.mode:
            case "lost", _:
                return "Lost"
            case "offline", _:
                return "Offline"
            case _, "draining":
                return "Draining"
            case _, "paused":
                return "Paused"
            case _:
                return "Failing" if self.failing else "Online"

    @property
    def entry(self) -> RobotEntry:
        """What its pool is told."""
        return RobotEntry(
            card=self.card.model_copy(update={"tags": self.tags}),
            presence=self.presence,
            mode=self.mode,
            load=self.load,
            failing=self.failing,
            since=self.since,
        )

    @property
    def order(self) -> Order:
        """What its process is told."""
        return Order(mode=self.mode, tags=self.tags)

    @property
    def view(self) -> RobotView:
        """What people are shown."""
        reason = self.draining or self.paused or Reason()
        return RobotView(entry=self.entry, by=reason.by, why=reason.why)

    def heard(self, report: RobotReport, at: float) -> Known:
        """After its process said what has changed; what another one said does not count."""
        if self.presence != "here" or report.incarnation != self.card.incarnation:
            return self
        said = {name: value for name, value in dict(report).items() if value is not None and name != "incarnation"}
        return self._with(at, **said)

    def decided(self, request: ModeRequest, at: float) -> Known:
        """After somebody wants something of it."""
        reason = Reason(by=request.by, why=request.why)
        match request.mode:
            case "draining":
                return self._with(at, draining=reason)
            case "paused":
                return self._with(at, paused=reason)
            case _:
                return self._with(at, paused=None)

    def retagged(self, request: TagsRequest, at: float) -> Known:
        """After somebody changed its tags."""
        added = {*self.added, *request.add} - set(request.remove)
        removed = {*self.removed, *request.remove} - set(request.add)
        return self._with(at, added=tuple(sorted(added)), removed=tuple(sorted(removed)))

    def gone(self, presence: Literal["lost", "offline"], at: float) -> Known:
        """After its process has vanished or said goodbye."""
        ended = {"draining": None} if presence == "offline" else {}
        return self._with(at, presence=presence, **ended)

    def _with(self, at: float, **changes: object) -> Known:
        after = self.model_copy(update=changes)
        return after if after.standing == self.standing else after.model_copy(update={"since": at})


def came(known: Known | None, card: RobotCard, at: float) -> Known:
    """What is known once a process has come: what people decided stays, but for the end of its predecessor."""
    if known is None:
        return Known(card=card, since=at)
    if known.card.incarnation == card.incarnation:
        here = known.presence == "here"
        return known.model_copy(update={"card": card, "presence": "here", "since": known.since if here else at})
    kept: dict[str, object] = {"paused": known.paused}
    if set(known.card.tags) == set(card.tags):
        kept |= {"added": known.added, "removed": known.removed}
    return Known(card=card, since=at).model_copy(update=kept)


def card_refusal(known: Known | None, card: RobotCard) -> str | None:
    """Why a process may not come: another one of the same name lives."""
    if known is None or known.presence != "here" or known.card.incarnation in {card.incarnation, card.replaces}:
        return None
    return taken(known.card)


def taken(holder: RobotCard) -> str:
    """Say that a robot's name is taken, by which process."""
    since = datetime.fromtimestamp(holder.started, UTC)
    return (
        f"the robot {holder.robot!r} is running already: process {holder.pid} on {holder.host!r}, since "
        f"{since:%Y-%m-%d %H:%M:%S} UTC; stop that one, or give this one another name with --id"
    )


def mode_refusal(known: Known | None, request: ModeRequest) -> str | None:
    """Why a robot cannot do what somebody wants of it."""
    if known is None:
        return "this robot has never been here"
    robot = known.card.robot
    if request.mode == "draining" and known.presence != "here":
        return f"the robot {robot!r} is {known.presence}: there is nothing to drain"
    if request.mode != "draining" and known.draining is not None and known.presence == "here":
        return f"the robot {robot!r} is draining, and ends soon; start it again instead"
    return None


def tags_refusal(known: Known | None, request: TagsRequest) -> str | None:
    """Why a robot's tags cannot be changed like this."""
    if known is None:
        return "this robot has never been here"
    odd = [tag for tag in request.add if not re.fullmatch(TAG_PATTERN, tag)]
    if odd:
        return f"{odd[0]!r} cannot be a tag: lower-case letters, digits, '.', '_' and '-', at most 50"
    both = sorted(set(request.add) & set(request.remove))
    if both:
        return f"the tag {both[0]!r} is to be added and removed at once"
    absent = sorted(set(request.remove) - set(known.tags))
    if absent:
        has = ", ".join(known.tags) or "none"
        return f"the robot {known.card.robot!r} has no tag {absent[0]!r}; its tags: {has}"
    return None
