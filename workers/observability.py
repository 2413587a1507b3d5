"""Logging of one process: structlog and the standard library, one line per event, secrets masked."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, MutableMapping
from datetime import timedelta
from typing import IO, Any

import structlog
import temporalio.activity
import temporalio.workflow
from structlog.typing import EventDict, Processor, WrappedLogger
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from workers.settings import LogSettings

Mask = Callable[[str], str]
"""Takes the secrets out of a text."""

_CORE = "temporalio.core"
_QUIET = {
    "temporalio": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "asyncio": logging.ERROR,
}
_TRACEBACKS = {"exception", "traceback"}
_HEARTBEAT = timedelta(seconds=4)


def configure(log: LogSettings, *, mask: Mask = str, stream: IO[str] | None = None) -> None:
    """Send everything this process logs to one stream, by default standard error."""
    stream = stream or sys.stderr
    console = log.format == "console" or (log.format == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, _lift_temporal],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _masked(mask),
                *([_one_line] if console else []),
                _renderer(console=console, colors=stream.isatty()),
                _masked_text(mask),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log.level.upper())
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(max(level, root.level))
    temporalio.workflow.logger.workflow_info_on_message = False
    temporalio.activity.logger.activity_info_on_message = False


def _renderer(*, console: bool, colors: bool) -> Processor:
    if console:  # plain tracebacks: the pretty ones show local variables, and with them secrets
        return structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def use_process_runtime() -> None:
    """Make Temporal's core log through this process's logging and report its state every four seconds.

    For robots and orchestrators: once per process, before its first client.
    """
    forwarding = LogForwardingConfig(
        logging.getLogger(_CORE), append_target_to_name=False, prepend_target_on_message=False
    )
    core = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=core), worker_heartbeat_interval=_HEARTBEAT))


def _lift_temporal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Name the run and step of lines that the SDK's own loggers write."""
    record: logging.LogRecord = event["_record"]
    workflow: MutableMapping[str, Any] = getattr(record, "temporal_workflow", {})
    activity: MutableMapping[str, Any] = getattr(record, "temporal_activity", {})
    facts = {
        "run": workflow.get("workflow_id") or activity.get("workflow_id"),
        "run_id": workflow.get("run_id") or activity.get("workflow_run_id"),
        "document": workflow.get("workflow_type"),
        "node": activity.get("activity_type"),
    }
    return {**{name: value for name, value in facts.items() if value}, **event}


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Show what a terminal would obey, and line ends: what a page says must not pass for a line of ours."""
    return {
        key: _printable(value, kept="\n" if key in _TRACEBACKS else "") if isinstance(value, str) else value
        for key, value in event.items()
    }


def _printable(text: str, *, kept: str) -> str:
    return "".join(mark if mark.isprintable() or mark in kept else repr(mark)[1:-1] for mark in text)


def _masked(mask: Mask) -> Processor:
    def processor(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: _mask_value(value, mask) for key, value in event.items()}

    return processor


def _masked_text(mask: Mask) -> Processor:
    def processor(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
        return mask(str(event))

    return processor


def _mask_value(value: object, mask: Mask) -> object:
    match value:
        case str():
            return mask(value)
        case dict():
            return {key: _mask_value(item, mask) for key, item in value.items()}
        case list() | tuple():
            return [_mask_value(item, mask) for item in value]
        case None | bool() | int() | float():
            return value
        case BaseException():
            return mask(str(value))
        case _:
            return value
