from __future__ import annotations

import pytest

from cli.main import invoke


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--action", "goto"], "--goto STEP and --action goto belong together"),
        (["--goto", "open"], "--goto STEP and --action goto belong together"),
        (["--value", "1"], "--value JSON and --action set-output belong together"),
        (["--action", "set-output"], "--value JSON and --action set-output belong together"),
        (["--action", "set-output", "--value", "{"], "--value: expected JSON"),
        (["--canary", "-1"], "--canary"),
        (["--document", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anybody_is_asked(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    code = invoke(["incidents", "fix", "3fa2b1c9", *arguments, "-y"])

    assert 2 == code
    assert said in capsys.readouterr().err
