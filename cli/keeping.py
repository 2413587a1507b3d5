"""`aether secret`: values that documents name and never see."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from cli.caller import Caller
from cli.connecting import settings_of
from cli.failure import CommandError
from cli.output import Output
from workers.keys import local_secrets

STANDARD_INPUT = "-"


def set_secret(caller: Caller, name: str, *, value_file: Path | None) -> int:
    """Keep a value."""
    store = local_secrets(settings_of(caller))
    store.set(name, _value(name, value_file))
    return _done(caller, name, "set", f"secret {name!r} is set")


def list_secrets(caller: Caller) -> int:
    """List names; values are shown to nobody."""
    names = local_secrets(settings_of(caller)).names()
    output = Output(caller)
    if not output.text:
        output.write_all({"name": name} for name in names)
    elif names:
        for name in names:
            output.show(name)
    else:
        output.note("no secrets; `aether secret set NAME` keeps one")
    return 0


def delete_secret(caller: Caller, name: str) -> int:
    """Forget a value."""
    if not local_secrets(settings_of(caller)).delete(name):
        raise CommandError("not-found", f"there is no secret {name!r}", hint="see `aether secret list`")
    return _done(caller, name, "deleted", f"secret {name!r} is forgotten")


def _value(name: str, file: Path | None) -> str:
    """Take the value from a file, a prompt or standard input; a line's end is not part of it."""
    if file is not None and str(file) != STANDARD_INPUT:
        return file.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    if file is None and sys.stdin.isatty():
        value = getpass.getpass(f"value of {name}: ")
        if value != getpass.getpass("once more: "):
            raise CommandError("secret", "the two values differ; nothing was kept")
        return value
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _done(caller: Caller, name: str, status: str, words: str) -> int:
    output = Output(caller)
    if output.text:
        output.note(words)
    else:
        output.write({"name": name, "status": status})
    return 0
