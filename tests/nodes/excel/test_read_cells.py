from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from activities.nodes.excel.read_cells import read_cells
from tests.support.steps import Steps, failure_of

KINDS = Path(__file__).with_name("files") / "kinds.xlsx"


def form() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["B2"], sheet["B3"], sheet["D5"] = "Total", 12.5, "=B3*2"
    sheet.merge_cells("F1:G3")
    sheet["F1"] = "wide"
    book.create_sheet("It's two")["A1"] = "other"
    book.defined_names["total"] = DefinedName("total", attr_text="Sheet!$B$3")
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


async def test_a_cell_is_a_value_and_a_range_a_list_of_rows(steps: Steps) -> None:
    await steps.put("a.xlsx", form())

    output = await steps.do(read_cells, {"path": "a.xlsx", "cells": ["B3", "$A$1:C3", "Z99"]})

    assert {
        "B3": 12.5,
        "$A$1:C3": [[None, None, None], [None, "Total", None], [None, 12.5, None]],
        "Z99": None,
    } == output["cells"]
    assert [12.5, None] == [output["values"][0], output["values"][2]]


async def test_cells_of_other_sheets_and_named_cells_are_read(steps: Steps) -> None:
    await steps.put("a.xlsx", form())

    output = await steps.do(read_cells, {"path": "a.xlsx", "cells": ["'It''s two'!A1", "TOTAL"]})

    assert ["other", 12.5] == output["values"]


async def test_whole_columns_end_with_the_last_cell_that_holds_anything(steps: Steps) -> None:
    await steps.put("a.xlsx", form())

    output = await steps.do(read_cells, {"path": "a.xlsx", "cells": ["B:B"]})

    assert [[None], ["Total"], [12.5]] == output["cells"]["B:B"]


async def test_a_cell_inside_of_merged_cells_shows_what_they_show(steps: Steps) -> None:
    await steps.put("a.xlsx", form())

    shown = await steps.do(read_cells, {"path": "a.xlsx", "cells": ["G2"]})
    raw = await steps.do(read_cells, {"path": "a.xlsx", "cells": ["G2"], "raw": True})

    assert ("wide", None) == (shown["cells"]["G2"], raw["cells"]["G2"])


async def test_formulas_are_read_where_asked(steps: Steps) -> None:
    await steps.put("a.xlsx", form())

    output = await steps.do(read_cells, {"path": "a.xlsx", "cells": ["D5", "B3"], "formulas": True})

    assert ["=B3*2", 12.5] == output["values"]


async def test_a_formula_that_nobody_has_calculated_is_not_taken_for_an_empty_cell(steps: Steps) -> None:
    await steps.put("a.xlsx", form())

    error = await failure_of(steps.do(read_cells, {"path": "a.xlsx", "cells": ["D5"]}))

    assert "cell D5 in sheet 'Sheet'" in error.message


async def test_errors_and_dates_are_as_people_see_them(steps: Steps) -> None:
    await steps.put("kinds.xlsx", KINDS)

    output = await steps.do(read_cells, {"path": "kinds.xlsx", "cells": ["E2:F2", "I2"]})

    assert [[["2026-01-31", "2026-01-31T14:05:00"]], "#N/A"] == output["values"]


@pytest.mark.parametrize("place", ["", "B", "7", "B0", "XFE1", "A1048577", "nothing", "A1:"])
async def test_what_is_no_address_is_refused(steps: Steps, place: str) -> None:
    await steps.put("a.xlsx", form())

    error = await failure_of(steps.do(read_cells, {"path": "a.xlsx", "cells": [place]}))

    assert ("InvalidParamsError", "expected an address") == (error.type, error.message[:19])


async def test_formulas_are_not_given_as_their_values_where_the_format_hides_them(steps: Steps) -> None:
    await steps.put("a.ods", KINDS.with_suffix(".ods"))

    error = await failure_of(steps.do(read_cells, {"path": "a.ods", "cells": ["A2"], "formulas": True}))

    assert "the formulas of 'a.ods' cannot be read" in error.message


async def test_a_name_of_no_cells_is_told_with_those_there_are(steps: Steps) -> None:
    await steps.put("a.xlsx", form())

    error = await failure_of(steps.do(read_cells, {"path": "a.xlsx", "cells": ["totel"]}))

    assert error.message.endswith("or the name of one range, found 'totel'; it names 'total'")
