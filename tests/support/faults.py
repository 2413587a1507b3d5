"""What may go wrong with a machine: processes that stand still, clocks that are off, disks that are full."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

_SKEWED = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long off(void) {
  const char *seconds = getenv("CLOCK_OFF");
  return seconds ? atol(seconds) : 0;
}
int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, time);
  if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += off();
  return result;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  if (time) { time->tv_sec = now.tv_sec; time->tv_usec = now.tv_nsec / 1000; }
  return result;
}
time_t time(time_t *seconds) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (seconds) *seconds = now.tv_sec;
  return now.tv_sec;
}
"""


@contextmanager
def frozen(*processes: psutil.Process) -> Iterator[None]:
    """Have processes stand still, as on a machine that is suspended."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # helpers come and go
            process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            if process.is_running():
                process.send_signal(signal.SIGCONT)


def clock_off(by: timedelta, directory: Path) -> dict[str, str]:
    """The environment of a process whose wall clock, and that of its children, is off."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("a clock can only be set off with a C compiler")
    library = directory / "clock.so"
    if not library.exists():
        source = directory / "clock.c"
        source.write_text(_SKEWED)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)  # noqa: S603 - ours
    return {"LD_PRELOAD": str(library), "CLOCK_OFF": str(int(by.total_seconds()))}


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A small disk in place of a directory, as one process and its children see it."""

    directory: Path
    size: int
    """Bytes."""

    @property
    def around(self) -> Sequence[str]:
        """What goes before the command of the process."""
        if subprocess.run([*_APART, "true"], check=False, capture_output=True).returncode:  # noqa: S603 - ours
            pytest.skip("a disk can only be made where mounts may be made")
        self.directory.mkdir(exist_ok=True)
        script = f'mount -t tmpfs -o size={self.size} tmpfs "$0" && exec "$@"'
        return (*_APART, "sh", "-c", script, str(self.directory))

    def fill(self, process: int) -> Path:
        """Take all the room there is; gives the file that does."""
        filler = Path(f"/proc/{process}/root{self.directory}/filler")
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return filler


_APART = ("unshare", "--user", "--map-root-user", "--mount")
