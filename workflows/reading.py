"""What a run was started with."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from workflows.start import RunInput


def read_input(args: Sequence[RawValue]) -> RunInput:
    """Read the one argument of a run.

    Raises:
        ApplicationError: it is not for this build.
    """
    try:
        return RunInput.model_validate(workflow.payload_converter().from_payload(args[0].payload, RunInput))
    except (IndexError, ValidationError, ValueError, RuntimeError) as error:
        message = (
            "this run was started without a plan this worker understands; start runs with 'aether run' or "
            f"'aether start', and keep orchestrators at least as new as what starts runs ({error})"
        )
        raise ApplicationError(message[:2000], type="ConfigurationError", non_retryable=True) from None
