"""Errors on their way to the server: readable messages, no stack traces."""

from __future__ import annotations

from temporalio.api.failure.v1 import Failure
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from typing_extensions import override


class ReadableFailureConverter(DefaultFailureConverter):
    """Keeps messages, types and details as they are and drops stack traces.

    A stack trace shows local paths and source lines to everybody who may look at a run, and tells its reader
    nothing that the log of the process does not say better.
    """

    @override
    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        super().to_failure(exception, payload_converter, failure)
        each: Failure | None = failure
        while each is not None:
            each.ClearField("stack_trace")
            each = each.cause if each.HasField("cause") else None
