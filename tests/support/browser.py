"""A real browser for tests, at a made-up site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import psutil

from activities.artifacts import LocalArtifactStore
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.page import DrivenPage
from activities.sessions.browser import Condition, Page
from activities.workspace import LocalWorkspace
from tests.support.eventually import eventually
from tests.support.pages import Site
from workflows.call import SessionGrant, StepCall
from workflows.spec import Effect


@dataclass(frozen=True, slots=True)
class Desk:
    """A session in front of a site, and the files of a run."""

    host: BrowserHost
    session: str
    site: Site
    store: LocalArtifactStore
    workspace: LocalWorkspace

    @property
    def grant(self) -> SessionGrant:
        """What a run would send along with its steps."""
        return SessionGrant(id=self.session, robot="robot", capability="browser")

    def page(self, seconds: float = 30.0, *, telling: float = 20.0) -> Page:
        """The view of one more step; one that waits in vain has as long to find out why as a busy machine needs."""
        page = DrivenPage(self.host.find(self.session), timedelta(seconds=seconds), self.workspace)
        page._reach.deadline.explaining = telling  # noqa: SLF001 - steps of a robot get it by their timeouts
        return page

    async def show(self, html: str, *, path: str = "/", title: str = "Test page") -> None:
        """Put a page on the site and open it; its path may have a query and a route."""
        self.site.page(urlsplit(path).path, html, title=title)
        await self.page(60).open(self.site.url(path), None)

    async def title(self) -> str:
        """What the page is called now."""
        return (await self.page().show()).title

    async def hang(self, seconds: float | None = None) -> None:
        """Have a script of the page begin that lets it do nothing else for a while, or ever again."""
        front = self.host.find(self.session).front
        assert front is not None
        self.site.page("/hanging", "", delay=seconds or 0.0)
        end = "for (;;);" if seconds is None else ""
        await front.evaluate(
            "() => { setTimeout(() => { const asked = new XMLHttpRequest();"
            f"asked.open('GET', '/hanging', false); asked.send(); {end} }}) }}"
        )
        await eventually(lambda: "/hanging" in [asked.path for asked in self.site.asked])

    async def later(self, change: str) -> None:
        """Have the page in front change a while after this."""
        await self.page().evaluate(f"() => {{ setTimeout(() => {{ {change} }}, 400) }}", None, None)

    async def titled(self, title: str) -> None:
        """Wait until the page is called something."""
        left = await self.page().meets(Condition(title=title))
        assert left is None, left

    def call(self, node: str, effect: Effect = Effect.IDEMPOTENT) -> StepCall:
        """What a run would send along with a step of this session."""
        return StepCall(
            run="run", document="test", step=node, place=node, attempt=1, key="key", effect=effect,
            timeout=10.0, files=None, session=self.grant,
        )  # fmt: skip

    async def put(self, path: str, content: bytes) -> None:
        """Have a file in the run's workspace."""
        async with self.workspace.writing(path) as file:
            file.write_bytes(content)

    def content(self, path: str) -> bytes:
        """What a file of the run holds."""
        return self.store.path_of(self.workspace.entry(path).digest).read_bytes()


class Started:
    """The processes that were started since, by this one."""

    def __init__(self) -> None:
        self._before = {child.pid for child in psutil.Process().children(recursive=True)}

    def browsers(self) -> list[psutil.Process]:
        """Browsers, without their helpers and the scripts that start them."""
        browsers = [child for child in self.living() if _is_browser(child.cmdline())]
        starters = {child.ppid() for child in browsers}
        return [child for child in browsers if child.pid not in starters]

    def renderers(self) -> list[psutil.Process]:
        """The processes that show pages."""
        return [child for child in self.living() if "--type=renderer" in child.cmdline()]

    def drivers(self) -> list[psutil.Process]:
        """Playwright's own processes."""
        return [child for child in self.living() if "run-driver" in child.cmdline()]

    def living(self) -> list[psutil.Process]:
        """All of them that have not ended."""
        children = psutil.Process().children(recursive=True)
        return [child for child in children if child.pid not in self._before and child.status() != psutil.STATUS_ZOMBIE]


def _is_browser(command: list[str]) -> bool:
    return any(word.startswith("--user-data-dir=") for word in command) and not any(
        word.startswith("--type=") for word in command
    )
