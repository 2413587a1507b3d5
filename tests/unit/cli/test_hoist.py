"""Common options anywhere on the line."""

from __future__ import annotations

import pytest

from cli.hoist import CommonOption, hoist

OPTIONS = (
    CommonOption(("--output", "-o"), flag=False),
    CommonOption(("--address",), flag=False),
    CommonOption(("--debug",), flag=True),
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list", "list"),
        ("list -o json", "-o json list"),
        ("-o json list", "-o json list"),
        ("list --status failed --output=json --limit 3", "--output=json list --status failed --limit 3"),
        ("list -ojson", "-ojson list"),
        ("run f.yaml --debug --address a:1 --key k", "--debug --address a:1 run f.yaml --key k"),
        ("run f.yaml -- -o json", "run f.yaml -- -o json"),
        ("list -o", "-o list"),
        ("list --outputs x", "list --outputs x"),
        ("run f.yaml --input output=json", "run f.yaml --input output=json"),
    ],
)
def test_common_options_come_first_and_nothing_else_moves(line: str, expected: str) -> None:
    assert expected.split() == hoist(line.split(), OPTIONS)


def test_an_option_of_the_command_itself_stays_with_it() -> None:
    line = ["fix", "r1", "--output", "{}", "-o", "json"]

    assert ["-o", "json", "fix", "r1", "--output", "{}"] == hoist(line, OPTIONS, own={"--output"})
