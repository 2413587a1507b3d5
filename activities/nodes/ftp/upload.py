"""Upload files to a server by FTP, all or nothing."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Uploading
from activities.transfer.copying import upload
from activities.transfer.telling import Copies
from workflows.spec import Effect


class Upload(Uploading, OnFtp):
    """Which server, and what on it."""


@node("ftp.upload", needs=FTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=10), label="path", workspace=True)
async def upload_files(server: FileServer[OnFtp], params: Upload) -> Copies:
    """Upload files of the run to a server by FTP, each all or nothing.

    A file is written under a hidden name beside its place (`.name.….part`) and gets its own once it is whole, so nobody
    finds half of it. One that is there with the same content is left as it is: the step can be repeated.

    ```yaml
    - do: files.write
      with: {path: order.txt, content: "4711"}
    - do: ftp.upload
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: order.txt
        to: in/orders/
        make_folders: true
    ```
    """
    async with server.connect(params) as files:
        return await upload(server, files, params)
