"""Make sure of what a control shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop, State
from workflows.errors import ElementNotFoundError, ElementNotReadyError, ExpectationFailedError
from workflows.spec import Effect

_CONDITIONS = ("state", "text", "value")


class Expect(OnDesktop):
    """What must be seen; everything that is given must come true."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [field]} for field in _CONDITIONS]})

    target: Control
    """The control, or a window."""
    state: State | None = None
    """How it is; `gone` is also true of one that is not there."""
    text: str | None = None
    """What it shows; being part of it is enough."""
    value: str | None = None
    """What it holds, exactly."""

    @model_validator(mode="after")
    def _checkable(self) -> Self:
        if all(getattr(self, field) is None for field in _CONDITIONS):
            raise PydanticCustomError("expect", "give at least one of: state, text, value")
        return self


class Met(Result):
    """Nothing: it is so."""


@node("desktop.expect", needs=DESKTOP, effect=Effect.READ, timeout=timedelta(seconds=10), label="target")
async def expect(desktop: DesktopSession, params: Expect) -> Met:
    """Make sure that a program shows what it must, waiting for it as long as the step may take.

    If it does not, the step fails with ExpectationFailedError. That is a business error: the program works, but says
    something else than it should of this case, so the step is not repeated and `catch: business` gets it. To wait for
    a program that is merely slow, or to try again, use `desktop.wait`.

    ```yaml
    - id: saved
      do: desktop.expect
      with: {app: editor, target: {control_type: Window}, text: journal.txt}
    ```
    """
    if params.state is not None:
        await _is(desktop, params.target, params.state)
    for text, whole in ((params.text, False), (params.value, True)):
        shown = await desktop.shows(params.target, text, whole=whole) if text is not None else None
        if shown is not None:
            raise _failed(f"{text!r} in {params.target}", repr(shown))
    return Met()


async def _is(desktop: DesktopSession, target: Control, state: State) -> None:
    try:
        await desktop.wait(target, state)
    except (ElementNotFoundError, ElementNotReadyError) as error:
        raise _failed(f"{target} to be {state}", error.message) from None


def _failed(expected: str, found: str) -> ExpectationFailedError:
    return ExpectationFailedError(f"expected {expected}; found {found}", expected=expected, found=found)
