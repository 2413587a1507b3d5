"""The platform as one Temporal plugin: the same for clients, workers and replayers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, ExternalStorage
from temporalio.plugin import SimplePlugin
from temporalio.worker import UnsandboxedWorkflowRunner

from workers.failures import ReadableFailureConverter
from workers.interceptors import LogContext
from workers.payloads import THRESHOLD, PayloadFiles
from workers.statuses import know_paused_runs
from workflows.errors import AetherError


class AetherPlugin(SimplePlugin):
    """How Aether uses Temporal.

    - Values travel as JSON by pydantic; from 64 KiB they travel as references to files.
    - Failures keep their messages and lose their stack traces.
    - Workflows run without the SDK's sandbox. It guards against workflow code that people write; the only
      workflow here is one fixed interpreter, held to purity by the import contracts and to determinism by the
      replay tests, while documents are data that cannot import anything. The sandbox would cost two thirds more
      CPU per run and import pydantic anew for every check.
    - A domain error fails the run; any other exception is a bug, fails the workflow task and waits for a mended
      deployment.
    """

    def __init__(self, *, payloads: Path) -> None:
        know_paused_runs()
        super().__init__(
            "aether",
            data_converter=data_converter(payloads),
            interceptors=[LogContext()],
            workflow_runner=UnsandboxedWorkflowRunner(),
            workflow_failure_exception_types=[AetherError],
        )


def data_converter(payloads: Path) -> DataConverter:
    """How values become payloads and failures."""
    return dataclasses.replace(
        pydantic_data_converter,
        failure_converter_class=ReadableFailureConverter,
        external_storage=ExternalStorage(drivers=[PayloadFiles(payloads)], payload_size_threshold=THRESHOLD),
    )
