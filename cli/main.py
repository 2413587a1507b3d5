"""The command line: `aether …`."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

import typer

from cli.commands import (
    answers,
    assigning,
    browser,
    desktop,
    documents,
    explaining,
    heal,
    incidents,
    installation,
    robots,
    runs,
)
from cli.failure import CommandError, ExitCode
from cli.hoist import CommonOption, hoist
from cli.options import read_common_options
from cli.tame import tame, tame_json

EPILOG = (
    "Exit codes: 0 done, 1 the run failed, 2 usage or an invalid document, 3 configuration or connection, "
    "4 still running, 5 parked, 130 interrupted. Common options may stand anywhere on the line."
)

RUNS = "Runs"
DOCUMENTS = "Documents"
INSTALLATION = "Installation"

app = typer.Typer(
    name="aether",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)
app.callback()(read_common_options)

app.command(rich_help_panel=RUNS)(runs.run)
app.command(rich_help_panel=RUNS)(runs.start)
app.command("list", rich_help_panel=RUNS)(runs.list_)
app.command(rich_help_panel=RUNS)(runs.show)
app.command(rich_help_panel=RUNS)(explaining.explain)
app.command(rich_help_panel=RUNS)(answers.fix)
app.command(rich_help_panel=RUNS)(answers.approve)
app.command(rich_help_panel=RUNS)(answers.reject)
app.command(rich_help_panel=RUNS)(answers.pause)
app.command(rich_help_panel=RUNS)(answers.resume)
app.command(rich_help_panel=RUNS)(answers.send)
app.command(rich_help_panel=RUNS)(runs.cancel)
app.command(rich_help_panel=RUNS)(runs.terminate)
app.command(rich_help_panel=RUNS)(runs.retry)
app.command(rich_help_panel=RUNS)(runs.fork)
app.add_typer(incidents.incidents, name="incidents", rich_help_panel=RUNS)
app.add_typer(heal.heal, name="heal", rich_help_panel=RUNS)
app.add_typer(installation.history, name="history", rich_help_panel=RUNS)

app.command(rich_help_panel=DOCUMENTS)(documents.init)
app.command(rich_help_panel=DOCUMENTS)(documents.validate)
app.command(rich_help_panel=DOCUMENTS)(documents.lint)
app.command(rich_help_panel=DOCUMENTS)(documents.nodes)
app.command(rich_help_panel=DOCUMENTS)(documents.schema)
app.command(rich_help_panel=DOCUMENTS)(documents.publish)
app.command(rich_help_panel=DOCUMENTS)(documents.versions)
app.command(rich_help_panel=DOCUMENTS)(documents.rollback)
app.command(rich_help_panel=DOCUMENTS)(assigning.assign)
app.command("import", rich_help_panel=DOCUMENTS)(documents.import_)
app.command(rich_help_panel=DOCUMENTS)(browser.record)
app.add_typer(browser.browser, name="browser", rich_help_panel=DOCUMENTS)
app.add_typer(desktop.desktop, name="desktop", rich_help_panel=DOCUMENTS)

app.command(rich_help_panel=INSTALLATION)(installation.demo)
app.command(rich_help_panel=INSTALLATION)(installation.dev)
app.add_typer(robots.robot, name="robot", rich_help_panel=INSTALLATION)
app.add_typer(installation.orchestrator, name="orchestrator", rich_help_panel=INSTALLATION)
app.add_typer(installation.secret, name="secret", rich_help_panel=INSTALLATION)
app.command(rich_help_panel=INSTALLATION)(installation.doctor)
app.command(rich_help_panel=INSTALLATION)(installation.config)


def invoke(arguments: Sequence[str]) -> int:
    """Do what a command line says, report what went wrong, and give the exit code."""
    program = typer.main.get_command(app)
    options = [
        CommonOption((*option.opts, *option.secondary_opts), getattr(option, "is_flag", False))
        for option in program.params
    ]
    line = hoist(arguments or ["--help"], options, own=_own_options(program, arguments))
    try:
        result = program.main(line, prog_name="aether", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        return _ignore_closed_pipe()
    except typer.Abort:
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the edge of the process
        return _report(error, line)
    return int(result or ExitCode.OK)


def main() -> NoReturn:
    """Run the command line and end the process.

    The interpreter's own way out is not taken: threads of Temporal's client crash it now and then.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # libraries speak to programmers
    logging.lastResort = None  # so do their logs, unless a process has set up where they go
    code = invoke(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            continue
    os._exit(code)


def _own_options(program: object, arguments: Sequence[str]) -> set[str]:
    """The names of the options of the command that is meant."""
    command = program
    for argument in arguments:
        commands = getattr(command, "commands", {})
        if argument in commands:
            command = commands[argument]
    params = getattr(command, "params", ()) if command is not program else ()
    return {name for param in params for name in param.opts}


def _report(error: Exception, line: Sequence[str]) -> int:
    if "--debug" in line:
        import traceback  # noqa: PLC0415 - rarely wanted

        traceback.print_exception(error)
    failure = _failure(error)
    for problem in failure.problems:
        sys.stderr.write(tame(f"{problem}\n"))
    sys.stderr.write(tame(f"error: {failure.message}\n"))
    if failure.hint:
        sys.stderr.write(tame(f"hint: {failure.hint}\n"))
    if _wants_json(line):
        value = {"code": failure.code, "message": failure.message, "hint": failure.hint}
        problems = {"problems": [str(problem) for problem in failure.problems]} if failure.problems else {}
        sys.stdout.write(tame_json(json.dumps({"error": value | problems}, ensure_ascii=False)) + "\n")
    return failure.exit_code


def _failure(error: Exception) -> CommandError:
    if isinstance(error, CommandError):
        return error
    if isinstance(error, typer.TyperException):
        context = getattr(error, "ctx", None)
        hint = f"see `{context.command_path} --help`" if context else "see `aether --help`"
        message = " ".join(error.format_message().removesuffix(".").split()).replace("Value error, ", "")
        return CommandError("usage", message[:1].lower() + message[1:], hint=hint)
    from cli.explain import explain  # noqa: PLC0415 - knows Temporal's errors, which take time to load

    return explain(error)


def _wants_json(line: Sequence[str]) -> bool:
    for number, argument in enumerate(line):
        if argument in {"-o", "--output"} and number + 1 < len(line):
            return line[number + 1] in {"json", "jsonl"}
        if argument in {"-ojson", "-ojsonl", "--output=json", "--output=jsonl"}:
            return True
    return False


def _ignore_closed_pipe() -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK
