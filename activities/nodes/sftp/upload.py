"""Upload files to a server by SFTP, all or nothing."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Uploading
from activities.transfer.copying import upload
from activities.transfer.telling import Copies
from workflows.spec import Effect


class Upload(Uploading, OnSftp):
    """Which server, and what on it."""


@node("sftp.upload", needs=SFTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=10), label="path", workspace=True)
async def upload_files(server: FileServer[OnSftp], params: Upload) -> Copies:
    """Upload files of the run to a server by SFTP, each all or nothing.

    A file is written under a hidden name beside its place (`.name.….part`) and gets its own once it is whole, so nobody
    finds half of it. One that is there with the same content is left as it is: the step can be repeated.

    ```yaml
    - do: files.write
      with: {path: order.txt, content: "4711"}
    - do: sftp.upload
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: order.txt
        to: in/orders/
        make_folders: true
    ```
    """
    async with server.connect(params) as files:
        return await upload(server, files, params)
