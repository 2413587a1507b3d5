"""Everything that can go wrong, sorted by who must act.

AetherError
├─ BusinessError            the case is wrong      -> a person decides; never retried
│  ├─ AssertionFailedError
│  ├─ ApprovalExpiredError      nobody answered in time
│  ├─ EventExpiredError         an event did not come in time
│  ├─ InvalidFileError          a file does not hold what it should
│  └─ RequestRefusedError       a server answers that it will not
│     └─ ExpectationFailedError   the page does not show what it must
├─ ConfigurationError       the document is wrong  -> its author; never retried
│  ├─ DocumentError             static problems, all at once
│  ├─ ExpressionError           an expression that cannot be evaluated
│  ├─ InvalidInputError         a run started with wrong inputs
│  ├─ InvalidParamsError        a step called with wrong parameters
│  │  └─ InvalidTargetError     a selector that cannot be read
│  ├─ ElementChangedError       a target names nothing or something else now, but what it meant may be there
│  ├─ NodeNotInstalledError     a node type the robot does not have
│  ├─ UnknownSecretError        a secret nobody has set
│  ├─ StepBudgetError           a run that loops without end
│  ├─ WorkspaceFileError        a file of the run that is missing or in the way
│  │  └─ PathOutsideWorkspaceError
│  ├─ ResultTooLargeError       more than a run may carry along: write a file instead
│  ├─ AccessDeniedError         a server does not accept the credentials
│  ├─ AddressBlockedError       an address steps must not reach
│  ├─ UntrustedServerError      a server that may be another than the one that is meant
│  ├─ ScriptFailedError         a program of the document fails
│  ├─ AnswerRefusedError        what a person wants of a run that it cannot do
│  │  └─ PatchRefusedError         a corrected document that differs in what was done already
│  └─ SecretStoreError          secrets that cannot be read: wrong key, damaged file
├─ RobotError               the world got in the way -> retried as the node allows
│  ├─ ElementNotFoundError      nothing matches a target
│  ├─ ElementAmbiguousError     a target matches several things
│  ├─ ElementNotReadyError      it is there but hidden, disabled or covered
│  ├─ PageError                 a page that cannot be reached or misbehaves
│  ├─ ApplicationFailedError    a program does not start, has ended or does not answer
│  ├─ SessionUnavailableError   no browser or desktop can be had here now
│  │  ├─ BrowserFailedError        the robot's browser does not start or opens no session
│  │  └─ DesktopFailedError        a desktop does not come up on the robot
│  ├─ SessionLostError          the browser or desktop of the run is gone
│  │  └─ StaleLeaseError           it is held with another lease than the step came with
│  ├─ ServerUnreachableError    no connection, or it broke
│  ├─ ServerFailedError         a server answers that it cannot, now
│  ├─ MachineError              the robot's disk, memory or permissions
│  ├─ NodeFailedError           a node failed in a way it does not explain
│  ├─ StepTimeoutError          a step ran longer than it may
│  ├─ BlockTimeoutError         the steps inside of a step took longer than they may
│  └─ RunTimeoutError           a run took longer than it may
└─ OutcomeUnknownError      an effect that may have happened -> a person looks; caught by its own name only
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import JsonValue


class ErrorKind(StrEnum):
    """Who must act on an error."""

    BUSINESS = "business"
    CONFIGURATION = "configuration"
    ROBOT = "robot"
    UNKNOWN_OUTCOME = "unknown-outcome"


class AetherError(Exception):
    """The root of all errors of the platform.

    The message is one lower-case sentence or two: what was expected, what was found, what to do.
    """

    kind: ClassVar[ErrorKind]

    def __init__(self, message: str, *, acted: bool | None = False, **details: JsonValue) -> None:
        super().__init__(message)
        self.message = message
        self.acted = acted
        """Whether the step had an effect before it failed; None when nobody can tell."""
        self.details: dict[str, JsonValue] = details


class BusinessError(AetherError):
    """The case is wrong: a person decides, a retry does not help."""

    kind = ErrorKind.BUSINESS


class AssertionFailedError(BusinessError):
    """An `assert` step found its condition false."""


class ExpectationFailedError(AssertionFailedError):
    """A page did not come to show what a step expects of it."""


class ApprovalExpiredError(BusinessError):
    """Nobody answered an `approve` step in time."""


class EventExpiredError(BusinessError):
    """The event of a `receive` step did not come in time."""


class InvalidFileError(BusinessError):
    """A file does not hold what it should: another format, a missing sheet, a broken row."""


class RequestRefusedError(BusinessError):
    """A server understood a request and answers that it will not do it."""


class ConfigurationError(AetherError):
    """The document or the set-up is wrong: its author mends it, a retry does not help."""

    kind = ErrorKind.CONFIGURATION


class ExpressionError(ConfigurationError):
    """An expression that cannot be read or evaluated."""

    def __init__(self, message: str, *, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset
        """Where in the expression's text, in characters from its start."""


class InvalidInputError(ConfigurationError):
    """A run was started with inputs its document does not accept."""


class InvalidParamsError(ConfigurationError):
    """A step's parameters do not fit its node type."""


class InvalidTargetError(InvalidParamsError):
    """A target is written in a way that cannot be read, e.g. broken CSS."""


class ElementChangedError(ConfigurationError):
    """What a target meant is not what it names any more; a person can tell whether the best candidate is."""


class NodeNotInstalledError(ConfigurationError):
    """The robot that took a step does not have its node type."""


class UnknownSecretError(ConfigurationError):
    """A document names a secret that nobody has set."""


class StepBudgetError(ConfigurationError):
    """A run executed more steps than any sound run would."""


class WorkspaceFileError(ConfigurationError):
    """A file of the run's workspace is missing or in the way."""


class PathOutsideWorkspaceError(WorkspaceFileError):
    """A path that is not a plain relative path inside of the run's workspace."""


class ResultTooLargeError(ConfigurationError):
    """A step's output is more than a run may carry along."""


class AccessDeniedError(ConfigurationError):
    """A server does not accept the credentials of a request."""


class AddressBlockedError(ConfigurationError):
    """An address that steps must not reach."""


class UntrustedServerError(ConfigurationError):
    """A server does not prove to be the one that is meant: nothing was told to it."""


class ScriptFailedError(ConfigurationError):
    """A program that a document brings along fails, or takes more than it may."""


class AnswerRefusedError(ConfigurationError):
    """A person wants something of a run that it cannot do now."""


class PatchRefusedError(AnswerRefusedError):
    """A corrected document differs in what the run has done already."""


class SecretStoreError(ConfigurationError):
    """The secrets of this installation cannot be read or written."""


class RobotError(AetherError):
    """The world got in the way: retried as the node's effect allows."""

    kind = ErrorKind.ROBOT


class ElementNotFoundError(RobotError):
    """Nothing on the screen matches a target."""


class ElementAmbiguousError(RobotError):
    """Several things match a target that must name one."""


class ElementNotReadyError(RobotError):
    """An element is there but cannot be used: hidden, disabled, covered or moving."""


class PageError(RobotError):
    """A page cannot be reached, answers with a failure or does not do what pages do."""


class ApplicationFailedError(RobotError):
    """A program with windows does not start, has ended or does not answer."""


class SessionUnavailableError(RobotError):
    """No browser or desktop can be had on this robot now."""


class BrowserFailedError(SessionUnavailableError):
    """The robot's browser does not start, or opens no session: it would fail for any run."""


class DesktopFailedError(SessionUnavailableError):
    """A desktop does not come up on the robot; it looks like this for all runs that want one there."""


class SessionLostError(RobotError):
    """The browser or desktop that held the run's place is gone."""


class StaleLeaseError(SessionLostError):
    """A step came with a lease that its session is not held with: another one counts by now, or none yet."""


class ServerUnreachableError(RobotError):
    """A server cannot be reached, or the connection broke before the whole answer was there."""


class ServerFailedError(RobotError):
    """A server answers that it cannot do it now."""


class MachineError(RobotError):
    """The robot's machine got in the way: disk, memory, permissions."""


class NodeFailedError(RobotError):
    """A node failed in a way it does not explain."""


class StepTimeoutError(RobotError):
    """A step ran longer than its `timeout`."""


class BlockTimeoutError(RobotError):
    """The steps inside of a step took longer than its `timeout`."""


class RunTimeoutError(RobotError):
    """A run took longer than its `timeout`."""


class OutcomeUnknownError(AetherError):
    """A step with a lasting effect may or may not have taken effect; repeating it could do it twice."""

    kind = ErrorKind.UNKNOWN_OUTCOME
