"""Common options may stand anywhere on the command line: they are moved to its front."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommonOption:
    """One option that every command takes."""

    names: tuple[str, ...]
    flag: bool


def hoist(arguments: Sequence[str], options: Iterable[CommonOption], *, own: Container[str] = ()) -> list[str]:
    """Put common options, with their values, before all other arguments; what follows `--` stays.

    A name that the command has an option of its `own` for is that option.
    """
    by_name = {name: option for option in options for name in option.names if name not in own}
    front: list[str] = []
    rest: list[str] = []
    waiting = list(reversed(arguments))
    while waiting:
        argument = waiting.pop()
        if argument == "--":
            return [*front, *rest, argument, *reversed(waiting)]
        option = _option(argument, by_name)
        if option is None:
            rest.append(argument)
            continue
        front.append(argument)
        if not option.flag and argument in option.names and waiting:
            front.append(waiting.pop())
    return [*front, *rest]


def _option(argument: str, by_name: dict[str, CommonOption]) -> CommonOption | None:
    if argument in by_name:
        return by_name[argument]
    if argument.startswith("--"):
        return by_name.get(argument.partition("=")[0]) if "=" in argument else None
    attached = by_name.get(argument[:2]) if argument.startswith("-") else None
    return attached if attached is not None and not attached.flag else None
