import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from workers.observability import configure
from workers.settings import LogSettings

SECRET = 'say "hunter2"'


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def mask(text: str) -> str:
    return text.replace(SECRET, "***")


def test_a_line_is_json_with_the_facts_that_were_bound() -> None:
    stream = io.StringIO()
    configure(LogSettings(), stream=stream)

    with structlog.contextvars.bound_contextvars(run="r1"):
        structlog.get_logger().info("step.finished", seconds=0.5)

    line = json.loads(stream.getvalue())
    assert ("step.finished", "r1", 0.5, "info") == (line["event"], line["run"], line["seconds"], line["level"])


def test_lines_of_libraries_look_the_same() -> None:
    stream = io.StringIO()
    configure(LogSettings(), stream=stream)

    logging.getLogger("library").warning("count %d", 3)

    line = json.loads(stream.getvalue())
    assert ("count 3", "library", "warning") == (line["event"], line["logger"], line["level"])


def test_lines_of_a_workflow_name_its_run() -> None:
    stream = io.StringIO()
    configure(LogSettings(), stream=stream)

    facts = {"temporal_workflow": {"workflow_id": "r1", "run_id": "x", "workflow_type": "invoices"}}
    logging.getLogger("temporalio.workflow").warning("slow", extra=facts)

    line = json.loads(stream.getvalue())
    assert ("r1", "invoices") == (line["run"], line["document"])


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_secret_is_shown_nowhere(form: str) -> None:
    stream = io.StringIO()
    configure(LogSettings.model_validate({"format": form}), mask=mask, stream=stream)
    log = structlog.get_logger()

    log.info("step.finished", value=SECRET, nested={"deep": [SECRET]})
    logging.getLogger("library").warning("got %s", SECRET)
    try:
        int(SECRET)
    except ValueError:
        log.exception("step.failed")

    shown = stream.getvalue()
    assert 3 <= shown.count("***")
    assert "hunter2" not in shown
    assert "ValueError" in shown


def test_what_is_below_the_level_is_left_out() -> None:
    stream = io.StringIO()
    configure(LogSettings(level="warning"), stream=stream)

    structlog.get_logger().info("step.finished")

    assert not stream.getvalue()


def test_what_pages_say_cannot_pass_for_lines_of_ours_or_command_a_terminal() -> None:
    stream = io.StringIO()
    configure(LogSettings(format="console"), stream=stream)

    structlog.get_logger().info("step.failed", message="no\n2026-01-01 [info] step.finished\x1b]0;owned\x07\x9b2J")

    assert 1 == len(stream.getvalue().splitlines())
    assert {"\x1b", "\x07", "\x9b"}.isdisjoint(stream.getvalue())
