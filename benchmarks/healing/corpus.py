"""Real pages to measure on: published web templates, in the versions their authors released."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_NO_PAGES = {"node_modules", "bower_components", "plugins", "vendor", "vendors", "docs", "documentation", "docs_html"}
_SAME_RELEASE_LINE = 1
"""How many numbers of two versions are equal where the later one is a plain update of the earlier."""


@dataclass(frozen=True, slots=True)
class Package:
    """A web template and the releases of it that are compared, oldest first."""

    name: str
    versions: tuple[str, ...]
    held_out: bool = False
    """Whether nothing was ever tuned on it."""


PACKAGES = (
    Package("startbootstrap-sb-admin-2", ("3.3.7", "4.0.0", "4.0.7", "4.1.1", "4.1.4")),
    Package("startbootstrap-sb-admin", ("3.3.7", "4.0.0", "5.1.1", "6.0.2", "7.0.7"), held_out=True),
    Package("startbootstrap-creative", ("4.1.1", "5.1.8", "6.0.5", "7.0.7")),
    Package("startbootstrap-simple-sidebar", ("4.1.1", "5.2.0", "6.0.6"), held_out=True),
    Package("startbootstrap-agency", ("4.1.1", "5.2.2", "6.0.5", "7.0.12"), held_out=True),
    Package("startbootstrap-freelancer", ("4.1.1", "5.1.3", "6.0.6", "7.0.7")),
    Package("admin-lte", ("2.3.11", "2.4.0", "2.4.18", "3.0.0", "3.0.5", "3.2.0", "4.0.0")),
    Package("gentelella", ("1.3.0", "1.4.0", "2.1.0"), held_out=True),
    Package("material-dashboard", ("1.2.0", "2.1.0", "3.0.9", "3.1.0")),
    Package("now-ui-kit", ("1.0.1", "1.1.0", "1.3.0"), held_out=True),
    Package("argon-design-system-free", ("1.0.1", "1.2.0")),
)


@dataclass(frozen=True, slots=True)
class PagePair:
    """One page in two releases."""

    package: Package
    name: str
    before: Path
    after: Path
    update: bool
    """Whether the later release is of the same major version; if not, the page was made anew."""

    def __str__(self) -> str:
        """Name it as tables do."""
        return f"{self.package.name}/{self.name}"


def fetch(package: Package, version: str, cache: Path) -> Path:
    """Have a release in the cache; npm brings it the first time."""
    folder = cache / package.name / version
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory(dir=cache, prefix=".partial-") as partial:
        subprocess.run(  # noqa: S603 - names and versions are the constants above
            ["npm", "pack", f"{package.name}@{version}", "--silent"],  # noqa: S607 - wherever npm is
            cwd=partial,
            check=True,
            capture_output=True,
            timeout=300,
        )
        (archive,) = Path(partial).glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(partial, filter="data")
        (content,) = (path for path in Path(partial).iterdir() if path.is_dir())
        folder.parent.mkdir(exist_ok=True)
        content.rename(folder)
    return folder


def pages(folder: Path) -> dict[str, Path]:
    """The pages of a release by name, without its documentation and what others made."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.html"), key=lambda path: (len(path.parts), path)):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(("_", ".")) for part in inside.parts)
        if not hidden and not _NO_PAGES & set(inside.parts[:-1]) and not _leads_away(path):
            found.setdefault(path.name, path)
    return found


def _leads_away(page: Path) -> bool:
    return b'http-equiv="refresh"' in page.read_bytes()


def pairs(packages: tuple[Package, ...], cache: Path, *, most: int) -> list[PagePair]:
    """The same pages in neighbouring releases, at most so many of each."""
    found: list[PagePair] = []
    for package in packages:
        releases = [(version, pages(fetch(package, version, cache))) for version in package.versions]
        for (before, old), (after, new) in pairwise(releases):
            update = before.split(".")[:_SAME_RELEASE_LINE] == after.split(".")[:_SAME_RELEASE_LINE]
            names = spread([name for name in old if name in new], most)
            found += [PagePair(package, name, old[name], new[name], update) for name in names]
    return found


def spread(names: list[str], most: int) -> list[str]:
    """Some of many, from all over them."""
    if len(names) <= most:
        return names
    return [names[number * len(names) // most] for number in range(most)]
