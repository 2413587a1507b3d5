"""The workflow `document/<name>`: it keeps the versions of a published document, and says which one new runs get."""

from __future__ import annotations

from hashlib import sha256

from pydantic import Field
from temporalio import workflow
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from workflows.call import Message
from workflows.plan import Plan

PUBLISHED = "aether.document"
"""The type of the workflow."""
PREFIX = "document/"
"""What its id begins with; the document's name follows."""
PUBLISH_UPDATE = "publish"
ROLLBACK_UPDATE = "rollback"
VERSIONS_QUERY = "versions"
VERSION_QUERY = "version"
MOST_VERSIONS = 50
"""How many are kept; the oldest go first."""


class Version(Message):
    """A document as it was published once."""

    number: int
    """From 1."""
    plan: Plan
    source: str
    """The document as its author wrote it."""
    by: str
    at: float
    """Seconds since 1970 UTC."""
    note: str = ""

    @property
    def digest(self) -> str:
        """What tells its content from others."""
        return digest_of(self.plan, self.source)


class Summary(Message):
    """A version among others."""

    number: int
    by: str
    at: float
    """Seconds since 1970 UTC."""
    note: str
    digest: str
    current: bool
    """Whether new runs get it."""


class PublishRequest(Message):
    """A document that is to be published."""

    plan: Plan
    source: str
    by: str
    note: str = ""


class RollbackRequest(Message):
    """New runs are to get an earlier version."""

    to: int | None = None
    """Its number; the one before the current one if not given."""
    by: str


class Shelf(Message):
    """All versions of one document."""

    versions: tuple[Version, ...] = ()
    """The oldest first."""
    current: int = 0
    """The number of the one that new runs get."""
    last: int = 0
    """The highest number ever given."""
    longest: int = Field(default=1000, ge=1)
    """How many events a history should have."""

    def publish(self, request: PublishRequest, at: float) -> Shelf:
        """With one version more, which becomes the current one; the same content as the current one is none."""
        current = self.version(None)
        if current is not None and current.digest == digest_of(request.plan, request.source):
            return self
        number = self.last + 1
        fresh = Version(number=number, at=at, **dict(request))
        return self.model_copy(
            update={"versions": (*self.versions, fresh)[-MOST_VERSIONS:], "current": number, "last": number}
        )

    def version(self, number: int | None) -> Version | None:
        """A version by its number; the current one if not given."""
        wanted = self.current if number is None else number
        return next((version for version in self.versions if version.number == wanted), None)

    def earlier(self) -> int | None:
        """The number of the version before the current one."""
        return max((version.number for version in self.versions if version.number < self.current), default=None)

    def summaries(self) -> tuple[Summary, ...]:
        """All versions, the latest first."""
        return tuple(
            Summary(
                number=version.number,
                by=version.by,
                at=version.at,
                note=version.note,
                digest=version.digest,
                current=version.number == self.current,
            )
            for version in reversed(self.versions)
        )


@workflow.defn(name=PUBLISHED)
class Published:
    """Keeps the versions of one document for ever."""

    @workflow.init
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @workflow.run
    async def run(self, _shelf: Shelf) -> None:
        """Be there, and begin a new history now and then."""
        await workflow.wait_condition(
            lambda: (
                workflow.info().get_current_history_length() >= self._shelf.longest and workflow.all_handlers_finished()
            )
        )
        workflow.continue_as_new(self._shelf)

    @workflow.update(name=PUBLISH_UPDATE, description="Publish a version.")
    def publish(self, request: PublishRequest) -> int:
        """Publish a version; tell its number."""
        self._shelf = self._shelf.publish(request, workflow.now().timestamp())
        return self._shelf.current

    @publish.validator
    def check_publish(self, request: PublishRequest) -> None:
        """Refuse another document."""
        name = workflow.info().workflow_id.removeprefix(PREFIX)
        if request.plan.name != name:
            raise _refused(f"this is where {name!r} is published, not {request.plan.name!r}")

    @workflow.update(name=ROLLBACK_UPDATE, description="Give new runs an earlier version.")
    def rollback(self, request: RollbackRequest) -> int:
        """Give new runs an earlier version; tell its number."""
        number = self._shelf.earlier() if request.to is None else request.to
        self._shelf = self._shelf.model_copy(update={"current": number})
        return self._shelf.current

    @rollback.validator
    def check_rollback(self, request: RollbackRequest) -> None:
        """Refuse a version that is not there."""
        number = self._shelf.earlier() if request.to is None else request.to
        if number is None or self._shelf.version(number) is None:
            kept = ", ".join(str(version.number) for version in self._shelf.versions)
            wanted = "no version before the current one" if number is None else f"no version {number}"
            raise _refused(f"there is {wanted}; there are {kept or 'none'}")

    @workflow.query(name=VERSIONS_QUERY, description="All versions, the latest first.")
    def versions(self) -> tuple[Summary, ...]:
        """All versions, the latest first."""
        return self._shelf.summaries()

    @workflow.query(name=VERSION_QUERY, description="A version by its number, or the current one.")
    def version(self, number: int | None = None) -> Version | None:
        """A version by its number, or the current one."""
        return self._shelf.version(number)


def digest_of(plan: Plan, source: str) -> str:
    """What tells a document's content from others."""
    return sha256(f"{source}\0{plan.model_dump_json()}".encode()).hexdigest()[:12]


def _refused(message: str) -> ApplicationError:
    return ApplicationError(
        message, type="PublishRefusedError", non_retryable=True, category=ApplicationErrorCategory.BENIGN
    )
