"""Read records."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, FieldSource, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Extract(OnPage):
    """What to read, and where it is."""

    fields: dict[str, Target] = Field(min_length=1)
    """The element for each field of a record, by the field's name; looked for within the record's own element."""
    each: Target | None = None
    """The element of one record; it may match any number of them. By default the page is one record."""
    attributes: dict[str, str] = Field(default={})
    """For fields that are not what their element shows: an attribute of its HTML, e.g. `{link: href}`."""
    optional: tuple[str, ...] = ()
    """Fields that a record may lack; they are null then. Any other that is missing is an error."""
    at_least: int = Field(default=0, ge=0)
    """How many records to wait for on each page; by default they are there or not when the page has loaded."""
    next: Target | None = None
    """What leads to the next page of the list; it is clicked until it is gone or disabled."""
    pages: int = Field(default=100, ge=1, le=10_000)
    """How many pages there may be; more are an error."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for part in (self.attributes, self.optional):
            unknown = [name for name in part if name not in self.fields]
            if unknown:
                raise PydanticCustomError("extract", "{field!r} is not one of the fields", {"field": unknown[0]})
        if self.next is not None and self.each is None:
            raise PydanticCustomError("extract", "next needs each beside it")
        return self


class Extracted(Result):
    """What was read."""

    records: list[dict[str, str | None]]
    """One mapping per record, in the order of the page."""
    count: int
    """How many there are."""


@node("browser.extract", needs=BROWSER, effect=Effect.READ, timeout=timedelta(minutes=2), label="each")
async def extract(page: Page, params: Extract) -> Extracted:
    """Read the same fields of every record that a page lists; with `next`, of all its pages.

    A page counts as the next one when its records are others. If an attempt fails on the way, the next one begins at
    the first page again.

    ```yaml
    - id: offers
      do: browser.extract
      with:
        each: {role: article}
        fields:
          title: {role: heading}
          price: .price
          link: {role: link, name: Details}
        attributes: {link: href}
        optional: [price]
        next: {role: link, name: Next}
    ```
    """
    sources = [
        FieldSource(name, target, params.attributes.get(name), name in params.optional)
        for name, target in params.fields.items()
    ]
    content = params.each or sources[0].target
    records: list[dict[str, str | None]] = []
    async for _ in page.sheets(params.next, content, params.pages):
        records += map(dict, await page.records(params.each, sources, at_least=params.at_least))
    return Extracted(records=records, count=len(records))
