"""What workbooks and their sheets may be called, and how wide columns may be."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

WorkbookPath: TypeAlias = Annotated[str, Field(pattern=r"\.[xX][lL][sS][xXmM]$")]
"""The path of a workbook that can be written."""
SheetName: TypeAlias = Annotated[str, Field(pattern=r"^[^\[\]:*?/\\']([^\[\]:*?/\\]*[^\[\]:*?/\\'])?$", max_length=31)]
"""A name that Excel takes for a sheet."""
WidthInCharacters: TypeAlias = Annotated[float, Field(ge=0, le=255)]
"""How wide a column is."""
