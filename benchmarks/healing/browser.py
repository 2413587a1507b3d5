"""Pages as they are, opened from files: their scripts do not run and nothing is fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import playwright.async_api as pw

from activities.drivers.browsers import FoundBrowser, find_browser
from activities.drivers.playwright.healing.script import SOURCE

_SCRIPT = SOURCE + "".join(
    files(__package__).joinpath(part).read_text(encoding="utf-8")
    for part in ("baselines.js", "mutations.js", "bench.js")
)
_LOADING = 20_000.0


@asynccontextmanager
async def browser() -> AsyncIterator[pw.BrowserContext]:
    """Have a browser for as long as the block lasts."""
    found = await find_browser(None, headed=False)
    if not isinstance(found, FoundBrowser):
        raise SystemExit(f"no browser: {found.reason}; {found.remedy}")
    async with pw.async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=found.executable)
        yield await launched.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800})
        await launched.close()


@asynccontextmanager
async def opened(context: pw.BrowserContext, path: Path) -> AsyncIterator[pw.Page]:
    """Have a page open."""
    page = await context.new_page()
    await page.route("**/*", _only_files)
    await page.goto(path.as_uri(), timeout=_LOADING)
    yield page
    await page.close()


async def ask(page: pw.Page, function: str, *arguments: object) -> Any:  # noqa: ANN401 - JSON
    """Call one of the functions in bench.js."""
    return await page.evaluate(f"given => {{ {_SCRIPT} return {function}(...given); }}", [*arguments])


async def _only_files(route: pw.Route) -> None:
    if route.request.url.startswith("file:"):
        await route.continue_()
    else:
        await route.abort()
