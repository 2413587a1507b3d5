"""References to a sheet, changed where the sheet gets another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from workflows.errors import InvalidFileError

_SHOWN = 60
_SHEETS = re.compile(r"('(?:[^']|'')+'|[^\s'!,()]+)!")
"""What stands before a reference: a sheet, or the first and the last of several (`Jan:Mar!`)."""


def rename_references(workbook: Workbook, old: str, new: str) -> None:
    """Let what names a sheet name it by its new name: formulas, ranges with names, rules, links and pivot tables."""
    for worksheet in workbook.worksheets:
        for cell in (cell for row in worksheet.iter_rows() for cell in row):
            if isinstance(cell.value, ArrayFormula):
                cell.value.text = _formula(cell.value.text or "", old, new)
            elif cell.data_type == "f" and isinstance(cell.value, str):
                cell.value = _formula(cell.value, old, new)
            if cell.hyperlink is not None:
                cell.hyperlink.location = _bare(cell.hyperlink.location, old, new)
        _rename_in_rules(worksheet, old, new)
    for name in _names(workbook):
        name.attr_text = _formula(f"={name.attr_text}", old, new)[1:]


def _names(workbook: Workbook) -> Iterator[Any]:
    yield from workbook.defined_names.values()
    for worksheet in workbook.worksheets:
        yield from worksheet.defined_names.values()


def _rename_in_rules(worksheet: Worksheet, old: str, new: str) -> None:
    for rule in worksheet.data_validations.dataValidation:
        rule.formula1, rule.formula2 = (_bare(each, old, new) for each in (rule.formula1, rule.formula2))
    for formats in worksheet.conditional_formatting:
        for rule in formats.rules:
            rule.formula = [_bare(each, old, new) for each in rule.formula]
    for pivot in worksheet._pivots:  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
        source = pivot.cache.cacheSource.worksheetSource
        if source is not None and (source.sheet or "").casefold() == old.casefold():
            source.sheet = new


def _bare(text: str | None, old: str, new: str) -> str | None:
    """Change a formula that is written without its sign."""
    return _formula(f"={text}", old, new)[1:] if text else text


def _formula(formula: str, old: str, new: str) -> str:
    if old.casefold() not in formula.replace("''", "'").casefold():
        return formula
    try:
        read = Tokenizer(formula)
    except (TokenizerError, IndexError) as error:
        raise InvalidFileError(
            f"the formula {formula[:_SHOWN]!r} names the sheet {old!r}, and cannot be changed with it: {error}"
        ) from error
    for token in read.items:
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            token.value = _SHEETS.sub(lambda found: _renamed(found[1], old, new), token.value)
    return f"={''.join(token.value for token in read.items)}"


def _renamed(written: str, old: str, new: str) -> str:
    plain = written[1:-1].replace("''", "'") if written.startswith("'") else written
    sheets = plain.split(":")
    if old.casefold() not in {sheet.casefold() for sheet in sheets}:
        return f"{written}!"
    changed = ":".join(new if sheet.casefold() == old.casefold() else sheet for sheet in sheets)
    return f"'{changed.replace(chr(39), chr(39) * 2)}'!"
