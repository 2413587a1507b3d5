"""The text below a field of a model is its description."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from workflows.documented import Documented


class Ours(Documented):
    """A model of ours."""

    plain: int = 1
    """What it is,
    in two lines.
    """
    silent: int = 2
    said: int = Field(default=3, description="what its field says")
    """Not what is below."""
    annotated: Annotated[int, Field(ge=0)] = 4
    """With a bound."""
    later: list[Later] = Field(default_factory=list)
    """Of a class that comes later."""

    def method(self) -> None:
        """Do nothing."""

    class Inner(Documented):
        """A model in a model."""

        plain: int = 1
        """Inside."""


class Theirs(BaseModel):
    """The same as pydantic reads it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    plain: int = 1
    """What it is,
    in two lines.
    """
    silent: int = 2
    said: int = Field(default=3, description="what its field says")
    """Not what is below."""
    annotated: Annotated[int, Field(ge=0)] = 4
    """With a bound."""
    later: list[Later] = Field(default_factory=list)
    """Of a class that comes later."""


class More(Ours):
    """Some of it anew."""

    silent: int = 5
    """Not any more."""


class Later(BaseModel):
    """Some other model."""


def descriptions(model: type[BaseModel]) -> dict[str, str | None]:
    properties = model.model_json_schema()["properties"]
    return {name: field.get("description") for name, field in properties.items()}


def test_fields_are_described_as_pydantic_does() -> None:
    assert descriptions(Theirs) == descriptions(Ours)
    assert "What it is,\nin two lines." == Ours.model_fields["plain"].description


def test_what_is_inherited_keeps_its_description_and_what_is_declared_anew_has_its_own() -> None:
    assert {**descriptions(Ours), "silent": "Not any more."} == descriptions(More)


def test_classes_in_classes_and_functions_have_theirs() -> None:
    class Local(Documented):
        plain: int = 1
        """Here."""

    assert ["Inside.", "Here."] == [descriptions(model)["plain"] for model in (Ours.Inner, Local)]


def test_what_has_no_source_has_no_descriptions() -> None:
    typed: dict[str, Any] = {"__name__": "typed", "Documented": Documented}
    exec("class Typed(Documented):\n    plain: int = 1\n    'Here.'", typed)  # noqa: S102 - as at a prompt

    assert {"plain": None} == descriptions(typed["Typed"])
