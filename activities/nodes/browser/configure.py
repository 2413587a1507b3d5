"""Configure the browser."""

from __future__ import annotations

import asyncio
from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.files import Workspace
from activities.sessions.profile import Appearance, Certificate, Configuration, Origin, Part
from workflows.spec import Effect


class ClientCertificate(Part):
    """A certificate by which a site knows who comes; its files are in the run's workspace."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": ["pfx"]}, {"required": ["certificate"]}],
            "dependentRequired": {"certificate": ["key"], "key": ["certificate"]},
        }
    )

    origin: Origin
    """The site it is for, e.g. `https://tax.example`."""
    pfx: str | None = None
    """The path of a file with certificate and key (PKCS #12); give this, or `certificate` and `key`."""
    certificate: str | None = None
    """The path of the certificate (PEM)."""
    key: str | None = None
    """The path of its private key (PEM)."""
    passphrase: str | None = None
    """What the key or the PFX file is locked with; a secret."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.pfx is None) == (self.certificate is None) or (self.certificate is None) != (self.key is None):
            raise PydanticCustomError("certificate", "give either pfx, or certificate and key")
        return self


class Configure(Params, Appearance):
    """How the browser shall be; what is left out is as usual."""

    certificates: tuple[ClientCertificate, ...] = ()
    """Client certificates."""


class Configured(Result):
    """Nothing: the browser shows an empty tab."""


@node("browser.configure", needs=BROWSER, effect=Effect.IDEMPOTENT, checkpoint=True, workspace=True)
async def configure(page: Page, params: Configure) -> Configured:
    """Say what the run's browser is to pages: device, language, time zone, proxy, credentials, certificates.

    Say it before `browser.open`: the browser begins anew with an empty tab. Cookies and logins are kept, and so is
    what `browser.on_dialog`, `browser.block`, `browser.mock` and `browser.emulate` have set up. All of it holds until
    the run ends, also where the run goes on with another robot.

    ```yaml
    - id: browser
      do: browser.configure
      with:
        locale: de-DE
        timezone: Europe/Berlin
        proxy: {server: "http://proxy.example:3128"}
        auth: {username: robot, password: "${{ secret('portal') }}"}
    - id: portal
      do: browser.open
      with: {url: "https://example.com/"}
    ```
    """
    given = {name: getattr(params, name) for name in Appearance.model_fields}
    certificates = tuple([await _certificate(page.workspace, each) for each in params.certificates])
    await page.profile.configure(Configuration(**given, certificates=certificates))
    return Configured()


async def _certificate(files: Workspace, told: ClientCertificate) -> Certificate:
    return Certificate(
        origin=told.origin,
        pfx=await _content(files, told.pfx),
        certificate=await _content(files, told.certificate),
        key=await _content(files, told.key),
        passphrase=told.passphrase,
    )


async def _content(files: Workspace, path: str | None) -> bytes | None:
    if path is None:
        return None
    async with files.reading(path) as file:
        return await asyncio.to_thread(file.read_bytes)
