"""What an element of a page is called in a document."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    ModelWrapValidatorHandler,
    StringConstraints,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

from workflows.documented import Documented

Role = Literal[
    "alert", "alertdialog", "application", "article", "banner", "blockquote", "button", "caption", "cell", "checkbox",
    "code", "columnheader", "combobox", "complementary", "contentinfo", "definition", "deletion", "dialog", "directory",
    "document", "emphasis", "feed", "figure", "form", "generic", "grid", "gridcell", "group", "heading", "img",
    "insertion", "link", "list", "listbox", "listitem", "log", "main", "marquee", "math", "menu", "menubar", "menuitem",
    "menuitemcheckbox", "menuitemradio", "meter", "navigation", "none", "note", "option", "paragraph", "presentation",
    "progressbar", "radio", "radiogroup", "region", "row", "rowgroup", "rowheader", "scrollbar", "search", "searchbox",
    "separator", "slider", "spinbutton", "status", "strong", "subscript", "superscript", "switch", "tab", "table",
    "tablist", "tabpanel", "term", "textbox", "time", "timer", "toolbar", "tooltip", "tree", "treegrid", "treeitem",
]  # fmt: skip
"""The ARIA roles."""

Words = Annotated[str, StringConstraints(min_length=1)]
Css = Annotated[Words, Field(json_schema_extra={"format": "css"})]
XPath = Annotated[Words, Field(json_schema_extra={"format": "xpath"})]
Selector = Annotated[Words, Field(json_schema_extra={"format": "selector"})]

LOCATORS = ("role", "label", "text", "placeholder", "test_id", "title", "alt", "css", "xpath", "selector")
"""The fields that find an element by themselves."""


class Target(Documented):
    """One element of a page: a Playwright selector as text, or what a person would call it.

    A mapping may say several things of the element, and all of them must be true of it. A target that matches two
    elements is an error: say more, or where it is (`within`), or which of them is meant (`nth`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role | None = None
    """What kind of element it is to a person, e.g. `button`, `textbox`, `link`, `row`."""
    name: Words | None = None
    """Its accessible name, e.g. the text on a button; needs `role`."""
    label: Words | None = None
    """The text of the label of a field."""
    text: Words | None = None
    """The text it shows."""
    placeholder: Words | None = None
    """The hint an empty field shows."""
    test_id: Words | None = None
    """Its `data-testid`."""
    title: Words | None = None
    """Its tooltip."""
    alt: Words | None = None
    """What is said in place of a picture."""
    css: Css | None = None
    """A CSS selector."""
    xpath: XPath | None = None
    """An XPath expression."""
    selector: Selector | None = None
    """A Playwright selector; a target written as text is this."""
    exact: bool = True
    """Whether names and texts must be equal, case and all; if not, they need only contain the words in any case."""
    within: Target | None = None
    """What it is inside of."""
    frame: Target | None = None
    """The frame (`iframe`) it is in."""
    nth: Annotated[int, Field(ge=1)] | None = None
    """Which of the elements that match, counted from 1."""

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        target = handler({"selector": value} if isinstance(value, str) else value)
        if target.name is not None and target.role is None:
            raise PydanticCustomError("target", "a name needs a role beside it, e.g. role: button")
        if all(getattr(target, field) is None for field in LOCATORS):
            raise PydanticCustomError(
                "target", "says nothing of the element; give at least one of: {fields}", {"fields": ", ".join(LOCATORS)}
            )
        return target

    @classmethod
    @override
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(core_schema)
        mapping = handler.resolve_ref_schema(reference)
        facts = {
            "dependentRequired": {"name": ["role"]},
            "anyOf": [{"required": [field]} for field in LOCATORS],
        }
        text = {
            "type": "string",
            "minLength": 1,
            "format": "selector",
            "description": "A Playwright selector, e.g. `#submit`.",
        }
        whole: JsonSchemaValue = {key: mapping.pop(key) for key in ("title", "description") if key in mapping}
        described = {**mapping, **facts}
        mapping.clear()
        mapping.update({**whole, "anyOf": [text, described]})
        return reference

    @override
    def __str__(self) -> str:
        """Name the element as a person would: `button 'Pay' in row 'ACME'`."""
        words = f"{self.role} {self.name!r}" if self.name else self.role or ""
        said = [f"{field} {getattr(self, field)!r}" for field in LOCATORS[1:] if getattr(self, field) is not None]
        parts = [part for part in (words, *said) if part]
        number = f" number {self.nth}" if self.nth is not None else ""
        frame = f" in the frame {self.frame}" if self.frame else ""
        place = f" in {self.within}" if self.within else ""
        return " with ".join(parts) + number + place + frame


def written(target: Target) -> JsonValue:
    """A target as documents write it."""
    said: dict[str, JsonValue] = {
        name: written(value) if isinstance(value, Target) else value
        for name, value in target
        if value != type(target).model_fields[name].default
    }
    return target.selector if list(said) == ["selector"] else said
