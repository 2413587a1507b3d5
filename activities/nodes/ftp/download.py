"""Download files from a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Downloading
from activities.transfer.copying import download
from activities.transfer.telling import Copies
from workflows.spec import Effect


class Download(Downloading, OnFtp):
    """Which server, and what on it."""


@node("ftp.download", needs=FTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=10), label="path", workspace=True)
async def download_files(server: FileServer[OnFtp], params: Download) -> Copies:
    """Download files from a server by FTP into the run's workspace.

    With wildcards, files keep their place below the folder before the first wildcard, links are left out, and it is
    fine if nothing matches. A name that would lead out of the workspace is an error.

    ```yaml
    - id: reports
      do: ftp.download
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: "out/*.csv"
        to: reports/
    - for_each: "${{ reports.files }}"
      as: report
      do:
        - do: csv.read
          with: {path: "${{ report.path }}"}
    ```
    """
    async with server.connect(params) as files:
        return await download(server, files, params)
