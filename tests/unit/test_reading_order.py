"""In which order text on a page is read."""

from __future__ import annotations

from activities.formats.reading_order import Piece, rows_in_order, text_in_order


def piece(text: str, left: float, top: float, width: float = 60.0) -> Piece:
    return Piece(text, left, top, left + width, top + 10)


def test_pieces_beside_each_other_are_one_row_though_a_scan_is_askew() -> None:
    pieces = [piece("119,00", 300, 104), piece("Total", 50, 100), piece("next", 50, 118)]

    assert [["Total", "119,00"], ["next"]] == [[each.text for each in row] for row in rows_in_order(pieces)]


def test_a_wide_space_is_a_tab_and_a_narrow_one_a_blank() -> None:
    pieces = [piece("a", 0, 0), piece("b", 64, 0), piece("c", 124.5, 0), piece("d", 250, 0)]

    assert "a bc\td" == text_in_order(pieces)


def test_a_blank_at_the_end_of_a_piece_parts_words_that_touch() -> None:
    assert "5 \N{EURO SIGN}" == text_in_order([piece("5 ", 0, 0), piece("\N{EURO SIGN}", 60, 0)])


def test_columns_are_read_one_after_the_other_between_what_goes_across() -> None:
    title = piece("title", 0, 0, 400)
    columns = [
        piece(f"{side}{row}", left, 20 + 12 * row, 180) for side, left in (("L", 0), ("R", 220)) for row in range(5)
    ]
    end = piece("end", 0, 100, 400)

    text = text_in_order([end, *reversed(columns), title])

    assert ["title", *(f"L{row}" for row in range(5)), *(f"R{row}" for row in range(5)), "end"] == text.split("\n")


def test_a_table_of_narrow_cells_is_no_pair_of_columns() -> None:
    cells = [piece(f"{column}{row}", left, 12 * row) for column, left in (("a", 0), ("b", 340)) for row in range(6)]

    assert "a0\tb0" == text_in_order(cells).split("\n")[0]


def test_nothing_is_nothing() -> None:
    assert "" == text_in_order([])
