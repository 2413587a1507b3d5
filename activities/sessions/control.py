"""What a control of a program with windows is called in a document."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    ModelWrapValidatorHandler,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

from workflows.documented import Documented
from workflows.regex.syntax import PatternError, read

ControlType = Literal[
    "AppBar", "Button", "Calendar", "CheckBox", "ComboBox", "Custom", "DataGrid", "DataItem", "Document", "Edit",
    "Group", "Header", "HeaderItem", "Hyperlink", "Image", "List", "ListItem", "Menu", "MenuBar", "MenuItem", "Pane",
    "ProgressBar", "RadioButton", "ScrollBar", "SemanticZoom", "Separator", "Slider", "Spinner", "SplitButton",
    "StatusBar", "Tab", "TabItem", "Table", "Text", "Thumb", "TitleBar", "ToolBar", "ToolTip", "Tree", "TreeItem",
    "Window",
]  # fmt: skip
"""The control types of Microsoft's UI Automation; those of Linux's accessibility (AT-SPI) are mapped to them."""

Words = Annotated[str, StringConstraints(min_length=1)]
Regex = Annotated[Words, Field(json_schema_extra={"format": "regex"})]

NAMES = ("name", "sub_name", "name_regex")
LOCATORS = ("control_type", *NAMES, "automation_id", "class_name")
"""The fields that find a control in the tree of what programs say of themselves."""
LOOKS = ("image", "ocr")
"""The fields that find a place by what is seen, as a last resort."""


class Control(Documented):
    """One control of a program: its name as text, or what tells it from the others.

    A mapping may say several things of the control, and all of them must be true of it. A target that matches two
    controls is an error: say more, or where it is (`within`), or which of them is meant (`found_index`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    control_type: ControlType | None = None
    """What kind of control it is, e.g. `Button`, `Edit`, `MenuItem`."""
    name: Words | None = None
    """Its name, e.g. the text on a button; runs of blanks count as one."""
    sub_name: Words | None = None
    """Part of its name."""
    name_regex: Regex | None = None
    """A regular expression that its name begins with a match of."""
    automation_id: Words | None = None
    """The name its programmers gave it; not every program has them."""
    class_name: Words | None = None
    """The class of its window (Windows), or what its toolkit calls it (Linux)."""
    depth: Annotated[int, Field(ge=1)] | None = None
    """How many levels below where it is looked for, exactly."""
    found_index: Annotated[int, Field(ge=1)] | None = None
    """Which of the controls that match, counted from 1."""
    within: Control | None = None
    """What it is inside of; by default any window of the program."""
    image: Words | None = None
    """A picture of it, a file of the run: where the screen shows the same, at any size near."""
    ocr: Words | None = None
    """Words that the screen shows, alone in their line; needs a robot with the extra `ocr`."""
    confidence: Annotated[float, Field(gt=0, le=1)] | None = None
    """How alike a picture must be; 0.9 by default."""

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        control = handler({"name": value} if isinstance(value, str) else value)
        looks = [field for field in LOOKS if getattr(control, field) is not None]
        told = [field for field in LOCATORS if getattr(control, field) is not None]
        if not looks and not told:
            fields = ", ".join((*LOCATORS, *LOOKS))
            raise PydanticCustomError(
                "control", "says nothing of the control; give at least one of: {fields}", {"fields": fields}
            )
        if len(looks) > 1 or (looks and (told or control.depth is not None)):
            raise PydanticCustomError(
                "control", "is found by an image, by words on the screen or by what it is: choose one"
            )
        if told and control.within is not None and any(getattr(control.within, field) for field in LOOKS):
            raise PydanticCustomError(
                "control", "what is inside of an image or words on the screen is found by image or ocr only"
            )
        if sum(getattr(control, field) is not None for field in NAMES) > 1:
            raise PydanticCustomError("control", "give only one of: name, sub_name, name_regex")
        if control.confidence is not None and control.image is None:
            raise PydanticCustomError("control", "a confidence needs an image beside it")
        return control

    @field_validator("name_regex")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            read(pattern or "")
        except PatternError as error:
            raise PydanticCustomError("control", "no regular expression: {problem}", {"problem": str(error)}) from None
        return pattern

    @classmethod
    @override
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        reference = handler(core_schema)
        mapping = handler.resolve_ref_schema(reference)
        found = {"anyOf": [{"required": [field]} for field in (*LOCATORS, *LOOKS)]}
        text = {"type": "string", "minLength": 1, "description": "Its name."}
        whole: JsonSchemaValue = {key: mapping.pop(key) for key in ("title", "description") if key in mapping}
        described = {**mapping, **found}
        mapping.clear()
        mapping.update({**whole, "anyOf": [text, described]})
        return reference

    @override
    def __str__(self) -> str:
        """Name the control as a person would: `Button 'Save' in Window 'Invoices'`."""
        words = " ".join(part for part in (self.control_type, f"{self.name!r}" if self.name else None) if part)
        others = ("sub_name", "name_regex", "automation_id", "class_name", "image", "ocr")
        said = [f"{field} {getattr(self, field)!r}" for field in others if getattr(self, field) is not None]
        place = f" in {self.within}" if self.within else ""
        number = f" number {self.found_index}" if self.found_index is not None else ""
        return " with ".join(part for part in (words, *said) if part) + number + place


def written(control: Control) -> JsonValue:
    """A control as documents write it."""
    said: dict[str, JsonValue] = {
        name: written(value) if isinstance(value, Control) else value for name, value in control if value is not None
    }
    return control.name if list(said) == ["name"] else said
