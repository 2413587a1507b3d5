"""What passes between runs, pools and robots: who asks for a session, who gets it, and who can hold it.

A run asks the pool of its environment with the signal `request`. The pool answers with `placed` or `delayed`; the
run then has the robot it was given hold the session, and tells the pool with `returned` when it is over. A robot is
a workflow of its own, `robot/<id>`, which tells its pool with `robot` whatever changes.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, assert_never

from pydantic import Field

from workflows.call import Message
from workflows.ids import DEFAULT_ENVIRONMENT
from workflows.part import HIGHEST_PRIORITY, USUAL_PRIORITY, Affinity

POOL = "aether.pool"
"""The workflow type of pools."""

ROBOT = "aether.robot"
"""The workflow type of robots."""

PLACED_SIGNAL = "placed"
DELAYED_SIGNAL = "delayed"
RETURNED_TO_SIGNAL = "robot_returned"
"""What a pool tells runs."""

REQUEST_SIGNAL = "request"
RETURNED_SIGNAL = "returned"
ENDED_SIGNAL = "ended"
ROBOT_SIGNAL = "robot"
"""What a pool is told: by runs, by whoever finds that a run has ended without a word, and by robots."""

EXPLAIN_QUERY = "explain"
"""Takes the id of a request, and the time; gives its `Explanation`, or nothing where the pool does not know it."""

OVERVIEW_QUERY = "overview"
"""Gives the pool's `Overview`."""

LIMITS_UPDATE = "limits"
FORGET_UPDATE = "forget"
"""What operators have a pool do; they take a `LimitRequest` and a `ForgetRequest`."""

AUDIT_ACTIVITY = "aether.pool.audit"
"""Takes runs as `RunEnded` and gives those of them that have indeed ended; on the platform's queue."""

START_POOL_ACTIVITY = "aether.pool.start"
"""Starts the pool of an environment, unless it is there; on the platform's queue."""

REGISTER_UPDATE = "register"
MODE_UPDATE = "mode"
TAGS_UPDATE = "tags"
LEAVE_SIGNAL = "leave"
REPORT_SIGNAL = "report"
VIEW_QUERY = "view"
"""What a robot's workflow is asked and told."""

START_POOL_ACTIVITY = "aether.pool.start"
"""Starts the pool of an environment, unless it is there; on the platform's queue."""

MOST_SESSIONS = 2
"""Sessions of one capability that a run may hold at the same time."""

PRESENCE_ACTIVITY = "aether.presence"
"""Runs on a robot's own queue for as long as its process lives; takes a `RobotCard`'s incarnation."""

ORDER_ACTIVITY = "aether.order"
"""Tells a robot's process what was decided about it; takes an `Order`."""


RobotMode: TypeAlias = Literal["serving", "draining", "paused"]
"""What people, or a signal to its process, want of a robot."""

Presence: TypeAlias = Literal["here", "lost", "offline"]
"""Whether a robot's process lives, has vanished, or has said goodbye."""

Load: TypeAlias = Literal["low", "high", "full"]
"""How busy a robot's machine is: up to 60 % of its processors, up to 80 %, more."""


class LeaseRequest(Message):
    """A run's wish for a session, or for nothing but its share of what is scarce."""

    id: str
    """The name the session will have; asked again under the same name, it is the same wish."""
    run: str
    """The Temporal workflow id."""
    first_run_id: str
    """The run id of its first execution."""
    document: str
    place: str = ""
    """The step that wants it."""
    tags: tuple[str, ...] = ()
    """What the robot must have: the capability and the document's needs."""
    kind: Literal["session", "share", "route"] = "session"
    """A robot's session; only a share of `limits`; or only word that some robot with these tags is there."""
    prefer: tuple[str, ...] = ()
    """Tags the robot should have."""
    affinity: Affinity = "soft"
    near: str | None = None
    """The robot that `affinity: session` binds it to."""
    priority: int = Field(default=USUAL_PRIORITY, ge=0, le=HIGHEST_PRIORITY)
    """20 is most urgent."""
    tenant: str = ""
    """On whose behalf: tenants of the same priority take turns."""
    limits: dict[str, int] = Field(default={})
    """Shared resources it holds a share of, and how many shares there are of each."""
    nodes: dict[str, str] = Field(default={})
    """The node types it will do, each with the digest of its schema."""
    robot: str | None = None
    """Named by whoever started the run: only this robot."""


class LeaseReturn(Message):
    """A run has no more use for a session, has lost it, or wants it no more."""

    id: str
    lost: bool = False
    """Whether its robot did not answer: it gets nothing new until it has proven that it lives."""


class RunEnded(Message):
    """A run is over; whatever it held is free."""

    run: str
    first_run_id: str | None = None


class Placement(Message):
    """What a pool grants."""

    id: str
    """Of the request."""
    robot: str | None
    """Who is to hold the session; None where only a share or a route was asked for."""
    lease: int
    """Ever increasing: of two leases the higher one counts."""


class Delay(Message):
    """Why a request waits: told when it begins to wait, and when the reason becomes another."""

    id: str
    why: str
    """For people, one line."""
    unroutable: bool = False
    """Whether no robot that is there could ever take it."""


class RobotReturned(Message):
    """A robot's process has been replaced by another one of the same name."""

    robot: str
    kept: tuple[Placement, ...] = ()
    """Sessions of the run that are still there, each with its new lease."""
    gone: tuple[str, ...] = ()
    """Sessions of the run that are not."""


class Word(Message):
    """Something that a pool tells a run."""

    run: str
    said: Placement | Delay | RobotReturned

    @property
    def signal(self) -> str:
        """By which signal."""
        match self.said:
            case Placement():
                return PLACED_SIGNAL
            case Delay():
                return DELAYED_SIGNAL
            case RobotReturned():
                return RETURNED_TO_SIGNAL
            case _:
                assert_never(self.said)


class LimitRequest(Message):
    """An operator says how many shares of something there are, whatever documents say."""

    name: str
    shares: int | None = Field(ge=0)
    """None where documents are to say it again."""
    by: str = ""


class ForgetRequest(Message):
    """A robot is gone for good."""

    robot: str
    by: str = ""


class RobotCard(Message):
    """What a robot's process says of itself when it comes."""

    robot: str
    incarnation: str
    """Unlike that of any other process."""
    environment: str = DEFAULT_ENVIRONMENT
    host: str
    machine: str
    """The same for all processes that see each other's process ids, until the machine starts anew."""
    pid: int
    started: float
    """Seconds since 1970 UTC."""
    platform: str
    """Operating system and processor, e.g. `linux-x86_64`."""
    python: str
    aether: str
    """Aether's version."""
    cpus: int
    memory: int
    """Bytes."""
    capabilities: tuple[str, ...]
    browsers: dict[str, str] = Field(default={})
    """Kinds of browsers, each with its version."""
    desktop: str | None = None
    """How it drives desktop applications; None where it cannot."""
    tags: tuple[str, ...] = ()
    slots: int = 0
    """How many sessions it can hold."""
    nodes: dict[str, str] = Field(default={})
    """The node types it can do, each with the digest of its schema."""
    sessions: tuple[str, ...] = ()
    """Sessions of its predecessor that it still has."""
    replaces: str | None = None
    """The incarnation of a predecessor that is known to be dead."""


class RobotReport(Message):
    """What has changed of a robot since its process came."""

    incarnation: str
    load: Load | None = None
    failing: str | None = None
    """Why it takes no work for now, as it keeps failing; empty when it is well again."""


class RobotEntry(Message):
    """A robot as its pool knows it."""

    card: RobotCard
    presence: Presence
    mode: RobotMode = "serving"
    load: Load = "low"
    failing: str = ""
    """Why it takes no work for now; empty while it does."""
    since: float
    """Since when it is as it is, in seconds since 1970 UTC."""

    @property
    def takes_work(self) -> bool:
        """Whether it may be given anything new."""
        return self.presence == "here" and self.mode == "serving" and not self.failing


class ModeRequest(Message):
    """Somebody wants a robot to drain, pause or serve."""

    mode: RobotMode
    by: str = ""
    why: str = ""


class TagsRequest(Message):
    """Somebody changes a robot's tags."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    by: str = ""


class Order(Message):
    """What a robot's process must do from now on."""

    mode: RobotMode
    tags: tuple[str, ...]


class RobotView(Message):
    """A robot, for people."""

    entry: RobotEntry
    by: str = ""
    """Who decided on its mode."""
    why: str = ""


class Busy(Message):
    """What a robot does now, as its presence tells with every heartbeat."""

    cpu: float
    """How much of all processors is in use, from 0 to 1."""
    memory: float
    """How much of the memory is in use, from 0 to 1."""
    sessions: tuple[str, ...] = ()
    steps: tuple[BusyStep, ...] = ()


class BusyStep(Message):
    """A step that a robot does now."""

    run: str
    place: str
    node: str
    since: float
    """Seconds since 1970 UTC."""


class Lease(Message):
    """What a run holds."""

    number: int
    request: LeaseRequest
    robot: str | None
    since: float
    """Seconds since 1970 UTC."""


class Candidate(Message):
    """A robot that a request could have, and why it does not."""

    robot: str
    why: str
    """For people, e.g. `is draining`."""


class Explanation(Message):
    """Why a request waits."""

    id: str
    why: str
    """For people, one line."""
    unroutable: bool
    since: float
    ahead: int
    """How many requests would be granted first."""
    candidates: tuple[Candidate, ...] = ()
    """The robots with all of its tags."""
    lacking: tuple[Candidate, ...] = ()
    """The others, each with what it lacks; the nearest first, no more than five."""
    holders: tuple[Lease, ...] = ()
    """Who holds what it waits for: sessions of candidates, or shares of its limits."""


class Overview(Message):
    """A pool at a glance."""

    environment: str
    robots: tuple[RobotEntry, ...]
    leases: tuple[Lease, ...]
    waiting: tuple[LeaseRequest, ...]
    granted: int
    """Leases given since the pool began."""
    limits: dict[str, int] = Field(default={})
    """How many shares there are of each resource."""


Busy.model_rebuild()
