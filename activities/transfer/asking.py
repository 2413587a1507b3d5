"""What steps that work with a server's files are told."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from activities.node import Params
from activities.sessions.transfer import RemotePath
from workflows.duration import Duration


class Listing(Params):
    """What to list."""

    path: RemotePath = "."
    """A folder, or paths with wildcards: `*` and `?` stay within a folder, `**` goes through all of them."""


class Downloading(Params):
    """What to download, and where to."""

    path: RemotePath
    """A file, or files by wildcards: `*` and `?` stay within a folder, `**` goes through all of them."""
    to: str | None = None
    """Where in the run's workspace: a file's path, or a folder with `/` at its end; by default its own name."""


class Uploading(Params):
    """What to upload, and where to."""

    path: str
    """A file of the run, or files by wildcards: `*` and `?` stay within a folder, `**` goes through all of them."""
    to: RemotePath
    """Where on the server: a file's path, or a folder with `/` at its end."""
    overwrite: bool = False
    """Whether a file with other content may be there."""
    make_folders: bool = False
    """Whether to make folders that are not there."""


class Moving(Params):
    """What to move, and where to."""

    path: RemotePath
    """A file or folder."""
    to: RemotePath
    """Its new path, name included; or a folder with `/` at its end."""
    overwrite: bool = False
    """Whether a file may be replaced that is there already."""


class Naming(Params):
    """What it is about."""

    path: RemotePath
    """A path on the server."""


class Removing(Params):
    """Which folder to remove."""

    path: RemotePath
    """The folder."""
    recursive: bool = False
    """Whether to remove all that is in it, too."""


class Awaiting(Params):
    """What to wait for."""

    path: RemotePath
    """A file, or files by wildcards: `*` and `?` stay within a folder, `**` goes through all of them."""
    within: Duration = Field(default=timedelta(minutes=5))
    """How long to wait at most; the step's `timeout` has to be longer."""
    every: Duration = Field(default=timedelta(seconds=5), ge=timedelta(milliseconds=10))
    """How often to look. A file counts once it is the same at two looks: it may still be growing."""
