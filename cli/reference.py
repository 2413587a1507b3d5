"""Every command and option as a page of the documentation, from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cli.main import app


def reference() -> str:
    """The page."""
    program = typer.main.get_command(app)
    if not isinstance(program, TyperGroup):
        raise TypeError(program)
    parts = ["## Common options", "They may stand anywhere on the line.", _options(program)]
    for words, command in _commands(program, "aether"):
        parts += [
            f"## {words}",
            f"```\n{_usage(words, command)}\n```",
            inspect.cleandoc(command.help or ""),
            _options(command),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _commands(group: TyperGroup, words: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{words} {name}")
        elif isinstance(command, TyperCommand):
            yield f"{words} {name}", command


def _usage(words: str, command: TyperCommand) -> str:
    arguments = [_argument(each) for each in command.params if isinstance(each, TyperArgument)]
    return " ".join([words, *arguments, "[OPTIONS]"])


def _argument(argument: TyperArgument) -> str:
    name = argument.metavar or argument.name.upper()
    return name if argument.required else f"[{name}]"


def _options(command: TyperCommand | TyperGroup) -> str:
    context = typer.Context(command)
    shown = [each for each in command.params if not getattr(each, "hidden", False)]
    rows = [_row(each, context) for each in shown]
    return "\n".join(["| | |", "|---|---|", *rows]) if rows else ""


def _row(parameter: object, context: typer.Context) -> str:
    match parameter:
        case TyperArgument():
            names = parameter.metavar or parameter.name.upper()
        case TyperOption():
            names = ", ".join(sorted(parameter.opts, key=len)) + _value(parameter, context)
        case _:
            raise TypeError(parameter)
    return f"| `{names.replace('|', chr(92) + '|')}` | {parameter.help or ''} |"


def _value(option: TyperOption, context: typer.Context) -> str:
    if option.is_flag:
        return ""
    choices = option.display_type(context).strip("<>")
    return " " + (option.metavar or (choices if "|" in choices else option.name.rpartition("_")[2].upper()))
