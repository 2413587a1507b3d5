"""The command line as a whole: help, usage errors, what is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from cli.main import app, invoke

HEAVY = ("httpx", "jsonschema", "openpyxl", "playwright", "pydantic", "temporalio", "yaml")


def _commands() -> Iterator[list[str]]:
    """Every command, by its words."""
    program = typer.main.get_command(app)
    assert isinstance(program, TyperGroup)
    for name, command in program.commands.items():
        if isinstance(command, TyperGroup):
            yield from ([name, inner] for inner in command.commands)
        else:
            yield [name]


COMMANDS = list(_commands())


def test_help_loads_nothing_heavy() -> None:
    """`aether --help` must answer in 0.3 s."""
    program = (
        "import sys; from cli.main import invoke; invoke(['--help']); "
        f"sys.stderr.write(','.join(name for name in {HEAVY} if name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603

    assert "" == done.stderr
    assert "Usage: aether" in done.stdout


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke([])
    assert "Usage: aether" in capsys.readouterr().out


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_and_its_options(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke([*words, "--help"])
    assert f"Usage: aether {' '.join(words)}" in capsys.readouterr().out


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_unknown_option_is_a_usage_error(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == invoke([*words, "--nonsense"])

    out, err = capsys.readouterr()
    assert "" == out
    assert err.startswith("error: ")
    assert f"hint: see `aether {' '.join(words)} --help`" in err


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == invoke(["runn"])
    assert "run" in capsys.readouterr().err


@pytest.mark.parametrize("place", [["-o", "json", "show"], ["show", "-o", "json"], ["show", "--output=jsonl"]])
def test_errors_are_data_when_data_was_asked_for(place: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == invoke(place)

    error = json.loads(capsys.readouterr().out)["error"]
    assert {"code", "message", "hint"} == set(error)
    assert "usage" == error["code"]
    assert "RUN" in error["message"]


def test_options_of_the_temporal_cli_are_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    """`temporal aether …` hands them over."""
    line = ["--env", "x", "--log-level", "warn", "--time-format", "iso", "--command-timeout", "3s", "list", "--help"]

    assert 0 == invoke(line)
    assert "Usage: aether list" in capsys.readouterr().out


def test_formats_for_documentation_belong_to_nodes(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == invoke(["list", "-o", "markdown"])
    assert "only `aether nodes` writes markdown" in capsys.readouterr().err


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == invoke(["--version"])
    assert capsys.readouterr().out.startswith("aether ")


@pytest.mark.parametrize("command", [["fix", "r1"], ["incidents", "fix", "3fa2b1c9"]])
def test_the_output_of_a_step_is_not_the_format_of_the_answer(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    code = invoke([*command, "--action", "set-output", "--output", "{", "-o", "json"])

    assert 2 == code
    assert "--output: expected JSON" in json.loads(capsys.readouterr().out)["error"]["message"]
