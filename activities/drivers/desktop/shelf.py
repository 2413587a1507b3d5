"""Files of the run that programs work with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from activities.drivers.desktop import folder
from activities.drivers.desktop.reach import Reach
from workflows.errors import InvalidParamsError


class Shelf:
    """What a step gives to programs, and takes from them."""

    _reach: Reach

    @property
    def folder(self) -> Path:
        """Where programs begin, and save under plain names."""
        return self._reach.station.folder

    async def lend(self, path: str, name: str | None = None) -> Path:
        """Copy a file of the run into the folder; where it is there."""
        self._reach.see_desktop()
        if self._reach.workspace is None:
            raise InvalidParamsError("this step has no files of the run to give to a program")
        return await folder.lend(self._reach.workspace, path, self.folder, name)

    async def saved(self, path: str) -> Path:
        """Wait until a program has written a file in the folder; where it is."""
        self._reach.see_desktop()
        return await folder.saved(self.folder, path, within=timedelta(seconds=self._reach.deadline.left))
