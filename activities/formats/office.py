"""Documents in other formats, by the LibreOffice of the robot's machine."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from activities.formats.looks import looks_like
from workflows.errors import ConfigurationError, InvalidFileError

_PROGRAMS = ("soffice", "libreoffice")
_ELSEWHERE = (
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
)
_FILTERS = {
    "pdf": "pdf:writer_pdf_Export",
    "docx": "docx:MS Word 2007 XML",
    "odt": "odt:writer8",
    "rtf": "rtf:Rich Text Format",
    "txt": "txt:Text (encoded):UTF8",
    "html": "html:HTML (StarWriter)",
}
_BEGINS = {".docx": b"PK", ".odt": b"PK", ".doc": b"\xd0\xcf\x11\xe0", ".rtf": b"{\\rtf"}
_SAID = 300
_SCRIPTING = "/org.openoffice.Office.Common/Security/Scripting"
_SETTINGS = {"BlockUntrustedRefererLinks": "true", "DisableMacrosExecution": "true", "MacroSecurityLevel": "3"}
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        f'<item oor:path="{_SCRIPTING}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for name, value in _SETTINGS.items()
    )
    + "</oor:items>\n"
)


def export(path: Path, to: Path, *, shown_as: str) -> None:
    """Write a text document in the format that the ending of its new name says.

    Each call has a profile of its own: programs that share one wait for each other or give up.

    Raises:
        ConfigurationError: this machine has no LibreOffice, or one without its Writer.
        InvalidFileError: it is no document that LibreOffice can read.
    """
    program = _program()
    _check(path, shown_as)
    with tempfile.TemporaryDirectory(dir=to.parent) as name:
        place = Path(name)
        _write_profile(place / "profile" / "user")
        ending = to.suffix.lower().removeprefix(".")
        told = subprocess.run(  # noqa: S603 - found on this machine
            [
                program,
                f"-env:UserInstallation={(place / 'profile').as_uri()}",
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--convert-to",
                _FILTERS[ending],
                "--outdir",
                str(place / "out"),
                str(path),
            ],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        made = sorted((place / "out").glob("*"))
        if len(made) == 1:
            made[0].replace(to)
            return
    said = " ".join((told.stdout + told.stderr).decode(errors="replace").split())[:_SAID]
    raise InvalidFileError(f"{shown_as!r} cannot be read by LibreOffice{looks_like(path)}; it says {said!r}")


def _write_profile(user: Path) -> None:
    """Have LibreOffice run no macros, and neither ask the network nor the robot's files for what a document names."""
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")


def _check(path: Path, shown_as: str) -> None:
    """Refuse what is not what its name says: LibreOffice would take anything for text."""
    begins = _BEGINS.get(path.suffix.lower(), b"")
    with path.open("rb") as file:
        if file.read(len(begins)) == begins:
            return
    raise InvalidFileError(
        f"{shown_as!r} is not what its name says{looks_like(path)}; give it the ending it should have"
    )


def _program() -> str:
    found = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    found = found or next((str(path) for path in _ELSEWHERE if path.is_file()), None)
    if found is None:
        raise ConfigurationError(
            "this robot has no LibreOffice, which writes documents in other formats; install it (on Debian and Ubuntu "
            "`apt-get install libreoffice-writer`) on every robot that offers 'documents'"
        )
    if not any(Path(found).resolve().parent.parent.rglob("*swlo.*")):
        raise ConfigurationError(
            f"the LibreOffice of this robot ({found}) has no Writer; install it (on Debian and Ubuntu `apt-get install "
            "libreoffice-writer`) on every robot that offers 'documents'"
        )
    return found
