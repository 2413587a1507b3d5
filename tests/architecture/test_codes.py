"""Every code of a problem can really come up, and every one is explained."""

from __future__ import annotations

from tests.support.repository import ROOT
from tests.unit.compile import test_problems
from tests.unit.importing import test_codes as test_importing
from tests.unit.parse import test_defects, test_limits
from workflows.defect import Defect

ELSEWHERE = {
    *("call-circle", "missing-input", "needless-verify", "parameters-at-odds", "unknown-document", "unknown-input"),
    "wrong-default",
}
"""Expected of single tests outside of the tables."""


def test_every_code_is_expected_of_some_document() -> None:
    parsing = {code for case in test_defects.CASES for code in case.codes.split()}
    limits = {case.code for case in test_limits.CASES}
    compiling = {code for _, code, _ in test_problems.CASES.values()}
    importing = {code for _, code in test_importing.CASES.values()}

    assert {*Defect} == parsing | limits | compiling | importing | ELSEWHERE


def test_every_code_is_explained() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")

    assert [] == [code for code in Defect if f"| `{code}` | {code.summary} |" not in page]
