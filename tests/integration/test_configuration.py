"""Processes that are started with a file of settings."""

from __future__ import annotations

import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path


async def test_a_robot_s_program_takes_a_file_of_settings_and_names_what_is_wrong_with_it(tmp_path: Path) -> None:
    file = tmp_path / "robot.yaml"
    file.write_text("robot:\n  id: ${SITE}\n  max_sesions: 3\n")

    process = await create_subprocess_exec(
        sys.executable, "-m", "workers.robot", "--config", str(file), env={**os.environ, "SITE": "press"}, stderr=PIPE
    )
    _, said = await process.communicate()

    assert (
        f"error: {file}:3:3: unknown setting 'robot.max_sesions'; did you mean 'robot.max_sessions'?\n" == said.decode()
    )
    assert 3 == process.returncode
