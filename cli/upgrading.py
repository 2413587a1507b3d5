"""`aether orchestrator builds` and `promote`."""

from __future__ import annotations

from rich.text import Text
from temporalio.client import Client

from cli.caller import Caller
from cli.connecting import with_client
from cli.output import Output, table
from workers.builds import Build, build_of, builds, promote
from workers.settings import Settings

_MEANINGS = {
    "current": "new runs get it",
    "inactive": "it waits for `aether orchestrator promote`",
    "draining": "some run still needs it",
    "drained": "no run needs it any more",
}


def list_builds(caller: Caller) -> int:
    """List the builds of the deployment."""

    async def look(settings: Settings, client: Client) -> tuple[Build, ...]:
        return await builds(client, settings.orchestrator.deployment)

    known = with_client(caller, look)
    output = Output(caller)
    if not output.text:
        output.write_all({"build": build.name, "status": build.status} for build in known)
    elif known:
        rows = [(Text(build.name), build.status, Text(_MEANINGS[build.status], style="dim")) for build in known]
        output.show(table(("BUILD", "STATUS", ""), rows))
    else:
        output.note("no builds: orchestrators tell them apart once 'orchestrator.versioning' is set")
    return 0


def promote_build(caller: Caller, build: str | None) -> int:
    """Make a build the current one."""

    async def act(settings: Settings, client: Client) -> str:
        name = build or build_of(settings.orchestrator)
        await promote(client, settings.orchestrator.deployment, name)
        return name

    name = with_client(caller, act)
    output = Output(caller)
    if output.text:
        output.note(f"new runs get build {name}")
    else:
        output.write({"build": name, "status": "current"})
    return 0
