"""Places on elements that are no elements themselves."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import override

from activities.sessions.profile import Part

_WAYS = ("text", "image")


class Spot(Part):
    """A place on an element that shows things which are no elements themselves: a canvas, a picture.

    A robot needs the extra `vision` to see it. Where two places look like it, nothing is done.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [field]} for field in _WAYS]})

    text: Annotated[str, Field(min_length=1)] | None = None
    """The words that stand there, alone in their line."""
    image: Annotated[str, Field(min_length=1)] | None = None
    """A picture of it, a file of the run: where the element shows the same, at any size near."""
    confidence: Annotated[float, Field(gt=0, le=1)] | None = None
    """How alike a picture must be; 0.9 by default."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.text is None) == (self.image is None):
            raise PydanticCustomError("spot", "a spot is named by a text or an image: give one of them")
        if self.confidence is not None and self.image is None:
            raise PydanticCustomError("spot", "a confidence needs an image beside it")
        return self

    @override
    def __str__(self) -> str:
        """Name the place as a person would."""
        return f"the words {self.text!r}" if self.text is not None else f"the picture {self.image!r}"
