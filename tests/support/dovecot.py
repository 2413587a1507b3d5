"""Dovecot, the mail server of many offices, where the machine has it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.eventually import eventually
from workers.ports import free_ports

PASSWORD = "hunter22-mail"

_CONFIGURATION = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = mdbox:~/mail
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = .
  mailbox Papierkorb {{
    special_use = \\Trash
    auto = create
  }}
}}
"""


def dovecot_program() -> str | None:
    """Where it is; it needs the superuser to become its users."""
    return shutil.which("dovecot") if os.name == "posix" and os.geteuid() == 0 else None


@asynccontextmanager
async def dovecot(program: str) -> AsyncIterator[int]:
    """Serve any user of the one password on a port, for as long as the block lasts."""
    (port,) = free_ports(1)
    home = _home(port)
    process = await asyncio.create_subprocess_exec(
        program,
        "-F",
        "-c",
        str(home / "dovecot.conf"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await eventually(lambda: _answers(port))
        yield port
    finally:
        process.terminate()
        await process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _home(port: int) -> Path:
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))  # names of sockets must be short
    (home / "mail").mkdir()
    (home / "mail").chmod(0o777)
    home.chmod(0o755)
    file = home / "dovecot.conf"
    file.write_text(_CONFIGURATION.format(home=home, port=port, password=PASSWORD), encoding="utf-8")
    return home


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
