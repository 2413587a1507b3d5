"""What people see of heals and say to them, as long as no run waits for it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from activities.evidence import local_evidence
from activities.fingerprints import local_fingerprints
from activities.heals import Suggested, local_heals
from activities.sealing import Seal
from cli.main import invoke
from tests.unit.test_fingerprints import BUTTON, KEY
from tests.unit.test_heals import finding, occasion
from workers.keys import local_secrets
from workers.layers import read_settings

DOCUMENT = """\
aether: 1
name: pay
needs: [browser]
steps:
  - id: portal
    do: browser.open
    with: {url: "https://example.com/"}
  # the button at the end
  - id: submit
    do: browser.click
    with:
      target:
        role: button   # not the link
        name: Pay
"""
TARGETS = (
    Suggested(target={"role": "button", "name": "Transfer"}, stability=90, reason="leans on what people call it"),
    Suggested(target={"css": "#b7"}, stability=86, reason="leans on an id"),
)
RENAMED = BUTTON.model_copy(update={"text": "transfer", "id": "b7"})
HEAL = finding().model_copy(update={"targets": TARGETS, "after": RENAMED})
PNG = b"\x89PNG picture"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in which one step asked twice whether a button is the one it means."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AETHER_ARTIFACTS", str(tmp_path / "artifacts"))
    monkeypatch.setenv("AETHER_SECRETS_KEY", str(tmp_path / "keys" / "secrets.key"))
    (tmp_path / "pay.yaml").write_text(DOCUMENT, encoding="utf-8")
    seal = Seal(local_secrets(read_settings()).sealing_key())
    asyncio.run(_happen(tmp_path / "artifacts", seal))
    return tmp_path


async def _happen(artifacts: Path, seal: Seal) -> None:
    picture = await local_evidence(artifacts, seal).keep("candidate", PNG)
    heals = local_heals(artifacts)
    for minutes in (0, 1):
        heal = HEAL.model_copy(update={"picture": picture})
        await heals.note(heal, occasion("proposed", f"run-{minutes}", minutes=minutes))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert 0 == invoke(["heal", *words, "-o", "json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ([], 1),
        (["--document", "pay"], 1),
        (["--document", "other"], 0),
        (["--run", "run-1"], 1),
        (["--run", "run-7"], 0),
        (["--state", "proposed"], 1),
        (["--state", "healed"], 0),
    ],
)
def test_heals_are_listed(capsys: pytest.CaptureFixture[str], filters: list[str], count: int) -> None:
    listed = told(capsys, "list", *filters)

    assert [(HEAL.id, "proposed", "submit", 2)] * count == [
        (each["heal"], each["state"], each["step"], each["count"]) for each in listed
    ]
    assert 0 == invoke(["heal", "list", *filters])
    assert (HEAL.id in capsys.readouterr().out) == bool(count)


def test_a_heal_shows_what_changed_and_what_would_name_it(capsys: pytest.CaptureFixture[str]) -> None:
    shown = told(capsys, "show", HEAL.id[:5])
    invoke(["heal", "show", HEAL.id, "--save", "page.png"])

    text = capsys.readouterr().out
    assert ("pay", "transfer", 2) == (shown["before"]["text"], shown["after"]["text"], len(shown["occasions"]))
    assert "{role: button, name: Transfer}" in text
    assert ["id", "pay", "b7"] in [line.split() for line in text.splitlines()]
    assert PNG == Path("page.png").read_bytes()


def test_what_was_never_recorded_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert 3 == invoke(["heal", "show", "fff"])
    assert "no heal 'fff' is recorded" in capsys.readouterr().err


def test_an_accepted_heal_changes_its_target_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    accepted = told(capsys, "accept", HEAL.id, "--document", "pay.yaml", "--no-runs", "-y", "--by", "ada")

    text = Path("pay.yaml").read_text(encoding="utf-8")
    assert DOCUMENT.replace("name: Pay\n", "name: Transfer\n") == text
    assert ["-        name: Pay", "+        name: Transfer"] == [
        line for line in accepted["diff"].splitlines() if line[:1] in "-+" and line[:3] not in {"---", "+++"}
    ]
    (heal,) = told(capsys, "list")
    assert ("accepted", "ada") == (heal["state"], heal["ruling"]["by"])
    new = asyncio.run(local_fingerprints(Path("artifacts")).get(KEY.model_copy(update={"target": "button 'Transfer'"})))
    assert RENAMED.text == (new.text if new else None), "the new target knows its element"


def test_another_of_its_targets_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "accept", HEAL.id, "--document", "pay.yaml", "--no-runs", "-y", "--target", "2")

    assert DOCUMENT.replace("role: button ", 'css: "#b7" ').replace("        name: Pay\n", "") == Path(
        "pay.yaml"
    ).read_text(encoding="utf-8")


def test_nothing_changes_before_somebody_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    code = invoke(["heal", "accept", HEAL.id, "--document", "pay.yaml", "--no-runs"])

    shown = capsys.readouterr()
    assert (2, DOCUMENT) == (code, Path("pay.yaml").read_text(encoding="utf-8"))
    assert "+        name: Transfer" in shown.out
    assert "pay.yaml is changed: say that you mean it" in shown.err
    assert "proposed" == told(capsys, "list")[0]["state"]


@pytest.mark.parametrize(
    ("text", "words", "problem"),
    [
        (DOCUMENT, ["--target", "3"], "knows 2 targets of what was found, and none with number 3"),
        (DOCUMENT.replace("name: Pay", "name: Pay now"), [], "has no step 'submit' with the target button 'Pay'"),
        (DOCUMENT.replace("browser.click", "browser.clik"), [], "pay.yaml:10:9"),
    ],
)
def test_what_cannot_be_written_is_refused(
    capsys: pytest.CaptureFixture[str], text: str, words: list[str], problem: str
) -> None:
    Path("pay.yaml").write_text(text, encoding="utf-8")

    assert 0 != invoke(["heal", "accept", HEAL.id, "--document", "pay.yaml", "--no-runs", "-y", *words])
    assert problem in capsys.readouterr().err
    assert "proposed" == told(capsys, "list")[0]["state"]


def test_a_rejected_heal_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    rejected = told(capsys, "reject", HEAL.id, "--note", "that pays the wrong one")

    assert {"heal": HEAL.id, "state": "rejected"} == rejected
    assert "that pays the wrong one" == told(capsys, "show", HEAL.id)["ruling"]["note"]


def test_the_report_counts_what_steps_had_to_look_for(capsys: pytest.CaptureFixture[str]) -> None:
    (rate,) = told(capsys, "report")
    invoke(["heal", "report"])

    assert ("pay", "submit", 2, 2, 0) == tuple(
        rate[name] for name in ("document", "step", "total", "proposed", "healed")
    )
    assert "submit" in capsys.readouterr().out


def test_what_is_remembered_travels_as_a_file(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(local_fingerprints(Path("artifacts")).put(KEY, BUTTON))

    assert 0 == invoke(["heal", "export", "pay", "--to", "pay.fingerprints.json"])
    assert BUTTON.text in told(capsys, "export", "pay")["elements"][0]["fingerprint"]["text"]
    monkeypatch.setenv("AETHER_ARTIFACTS", "elsewhere")
    assert [1, 0] == [told(capsys, "import", "pay.fingerprints.json")["new"] for _ in range(2)]


def test_nothing_can_be_exported_of_what_was_never_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == invoke(["heal", "export", "other"])
    assert "nothing is remembered of elements of a document 'other'" in capsys.readouterr().err
