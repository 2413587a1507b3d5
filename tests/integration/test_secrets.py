"""Secrets used in every way there is, on a whole installation: afterwards none of them is found anywhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from temporalio.client import Client, WorkflowQueryFailedError

from activities.drivers.local_secrets import LocalSecrets
from activities.evidence import evidence_directory
from activities.sealing import Seal
from tests.support.aether import Aether, Done
from tests.support.leaks import files_below, leaks
from tests.support.pages import Site, running_site
from tests.support.web import Received, Web, respond, web
from workers.client import connect
from workers.dev import Stack, stack
from workers.server import load
from workers.settings import Settings
from workflows.progress import PROGRESS_QUERY

PASSWORD = 'S3cr&t/"quoted"+ü\'s 100%'
TOKEN = 'T0k&n/"quoted"+~%41\\<b>'
MARK = "a plain text that may be seen"
"""Proof that the search finds what is there."""
SECRETS = {"password": PASSWORD, "token": TOKEN}

PAGE = """
<form action="/answer"><label>Password <input type=password name=password></label>
<label>Shown <input name=shown id=shown oninput="
  out.textContent = this.value; cell.textContent = this.value; document.title = this.value;
  box.setAttribute('data-value', this.value); localStorage.setItem('kept', this.value);
  document.cookie = 'kept=' + encodeURIComponent(this.value);
  file.download = this.value + '.txt'; link.href = '/answer?of=' + this.value;
"></label>
<button>Send</button></form>
<p id=out></p><div id=box></div><table id=table><tr><th>What</th></tr><tr><td id=cell></td></tr></table>
<a id=link href="/">Link</a>
<a id=file download="a.txt" href="data:text/plain,nothing">File</a>
<button type=button onclick="alert(document.getElementById('out').textContent)">Tell</button>
<button type=button onclick="location.hash = document.getElementById('out').textContent">Move</button>
<select id=list><option>one</option></select>
"""

DOCUMENT = r"""
aether: 1
name: secrets
defaults: {retry: {delays: []}}
inputs:
  site: {type: string}
  web: {type: string}
steps:
  - {id: open, do: browser.open, with: {url: "${{ inputs.site }}"}}
  - {do: files.write, with: {path: plain.txt, content: a plain text that may be seen}}
  - {do: browser.fill, with: {target: {label: Password}, value: "${{ secret('password') }}"}}
  - {do: browser.screenshot, with: {path: password.png}}
  - {do: browser.fill, with: {target: {label: Shown}, value: "it is ${{ secret('password') }} indeed"}}
  - {id: shown, do: browser.read, with: {target: {label: Shown}}}
  - {id: text, do: browser.read, with: {target: "#out"}}
  - {id: attribute, do: browser.read, with: {target: "#box", attribute: data-value}}
  - {id: href, do: browser.read, with: {target: "#link", attribute: href}}
  - {id: all, do: browser.read_all, with: {target: "input"}}
  - {id: table, do: browser.table, with: {target: "#table"}}
  - {id: told, do: browser.click, with: {target: {role: button, name: Tell}}}
  - {id: file, do: browser.download, with: {target: "#file"}}
  - {id: moved, do: browser.click, with: {target: {role: button, name: Move}}}
  - {id: sent, do: browser.click, with: {target: {role: button, name: Send}}}
  - {id: went, do: browser.goto, with: {url: "/answer?again=${{ secret('password') }}#${{ secret('password') }}"}}
  - id: bearer
    do: http.request
    with: {url: "${{ inputs.web }}/echo", headers: {Authorization: "Bearer ${{ secret('token') }}"}}
  - id: basic
    do: http.request
    with: {url: "${{ inputs.web }}/echo", auth: {username: alice, password: "${{ secret('password') }}"}}
  - id: form
    do: http.request
    with: {url: "${{ inputs.web }}/echo", method: POST, form: {password: "${{ secret('password') }}"}}
  - id: json
    do: http.request
    with: {url: "${{ inputs.web }}/echo", method: POST, json: {deep: ["x ${{ secret('password') }}"]}}
  - id: query
    do: http.request
    with: {url: "${{ inputs.web }}/echo", params: {p: "${{ secret('password') }}"}}
  - id: path
    do: http.request
    with: {url: "${{ inputs.web }}/echo?${{ secret('password') }}"}
  - {id: name, do: files.write, with: {path: "made/${{ secret('password') }}.txt", content: nothing}}
FAILURES
outputs:
  open: ${{ open }}
  shown: ${{ [shown, text, attribute, href, all, table, told, file, moved, sent, went] }}
  web: ${{ [bearer, basic, form, json, query, path] }}
  failures: ${{ [FAILED] }}
"""

FAILURES = {
    "status404": "{do: http.request, with: {url: '${{ inputs.web }}/404', auth: {bearer: \"${{ secret('token') }}\"}}}",
    "status500": "{do: http.request, with: {url: '${{ inputs.web }}/500', auth: {bearer: \"${{ secret('token') }}\"}}}",
    "long": "{do: http.request, with: {url: '${{ inputs.web }}/long', auth: {bearer: \"${{ secret('token') }}\"}}}",
    "header": "{do: http.request, with: {url: '${{ inputs.web }}/echo', headers: {X: \"${{ secret('password') }}\"}}}",
    "nowhere": "{do: http.request, with: {url: \"http://127.0.0.1:1/${{ secret('password') }}\"}}",
    "noAddress": "{do: http.request, with: {url: \"${{ secret('password') }}\"}}",
    "noHost": "{do: http.request, with: {url: \"http://${{ secret('token') }}:x/\"}}",
    "method": "{do: http.request, with: {url: '${{ inputs.web }}/echo', method: \"${{ secret('password') }}\"}}",
    "noFile": "{do: files.read, with: {path: \"${{ secret('password') }}\"}}",
    "outside": "{do: files.read, with: {path: \"../${{ secret('password') }}\"}}",
    "key": "{do: browser.press, with: {key: \"${{ secret('password') }}\"}}",
    "target": "{do: browser.click, with: {target: {text: \"${{ secret('password') }}\"}}, timeout: 1s}",
    "selector": "{do: browser.click, with: {target: \"#${{ secret('password') }}\"}, timeout: 1s}",
    "expected": "{do: browser.expect, with: {title: \"${{ secret('password') }}\"}, timeout: 1s}",
    "url": '{do: browser.expect, with: {url: "/nowhere"}, timeout: 1s}',
    "page": "{do: browser.goto, with: {url: \"http://127.0.0.1:1/${{ secret('password') }}\"}}",
    "scheme": "{do: browser.goto, with: {url: \"${{ secret('password') }}://x\"}}",
    "entry": '{do: browser.read, with: {target: "#list", attribute: "${{ secret(\'password\') }}"}, timeout: 1s}',
}

LAST = """
aether: 1
name: fails
inputs:
  web: {type: string}
defaults: {retry: {delays: []}}
steps:
  - {do: http.request, with: {url: "${{ inputs.web }}/404", headers: {Authorization: "Bearer ${{ secret('token') }}"}}}
"""


def document() -> str:
    """A document that uses secrets in every way, and catches what fails."""
    tried = "\n".join(
        f'  - {{try: [{step}, {{set: {{{name}: none}}}}], catch: [{{do: [{{set: {{{name}: "${{{{ error }}}}"}}}}]}}]}}'
        for name, step in FAILURES.items()
    )
    return DOCUMENT.replace("FAILURES", tried).replace("FAILED", ", ".join(FAILURES))


async def echo(request: Received, writer: asyncio.StreamWriter, *, status: int = 200, before: str = "") -> None:
    """Answer with all that was asked, in the headers and in the body."""
    authorization = request.headers.get("authorization", "")
    told = f"{before}{request.path} {authorization} {request.body.decode()}"
    await respond(writer, status, told.encode(), X_Told=authorization, Content_Type="text/plain; charset=utf-8")


def served(server: Web) -> str:
    """Have the paths of the documents."""
    server.behave("/echo", echo)
    server.behave("/404", lambda request, writer: echo(request, writer, status=404))
    server.behave("/500", lambda request, writer: echo(request, writer, status=500))
    server.behave("/long", lambda request, writer: echo(request, writer, status=404, before="x" * 280))
    return server.url().rstrip("/")


@dataclass
class Swept:
    """All that is left of the runs."""

    runs: dict[str, Done]
    evidence: dict[str, bytes]
    open_to_others: list[str]
    """What other users of the machine could read of the state directory."""
    settings: Settings


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        running.page("/", PAGE)
        running.page("/answer", PAGE, title="Answer")
        yield running


@pytest.fixture(scope="module")
async def swept(tmp_path_factory: pytest.TempPathFactory, site: Site) -> Swept:
    """Run the documents on a dev stack with everything on disk, stop it, and collect what is left."""
    directory = tmp_path_factory.mktemp("project")
    settings = Settings.located(
        directory / ".aether", secrets_key=directory / "keys" / "secrets.key", log={"level": "debug"}
    )
    store = LocalSecrets(settings.secrets, settings.secrets_key)
    for name, value in SECRETS.items():
        await asyncio.to_thread(store.set, name, value)
    evidence: dict[str, bytes] = {}
    async with web() as server, stack(settings, config=load().on_free_ports()) as up:
        runs = await run_documents(up, directory, site.url(), served(server))
        for name, done in runs.items():
            evidence[name] = f"{done.out}\n{done.err}".encode()
        evidence |= await histories(await connect(up.settings))
    evidence |= await asyncio.to_thread(lambda: dict(files_below(directory)))
    evidence |= await asyncio.to_thread(unsealed, settings, store)
    return Swept(runs, evidence, await asyncio.to_thread(open_to_others, settings.state), settings)


def unsealed(settings: Settings, store: LocalSecrets) -> dict[str, bytes]:
    """What steps that failed left behind, as people get to see it."""
    seal = Seal(store.sealing_key())
    files = [path for path in evidence_directory(settings.artifacts).rglob("*") if path.is_file()]
    return {f"unsealed {path.name}": seal.open(path.read_bytes()) for path in files}


def open_to_others(state: Path) -> list[str]:
    """Name what others may read that no directory keeps from them."""
    entries = [state, *(path for path in state.iterdir() if path.name not in {"robot-id", "dev.lock", "secrets.lock"})]
    return [path.name for path in entries if path.stat().st_mode & 0o077]


async def run_documents(up: Stack, directory: Path, site: str, web: str) -> dict[str, Done]:
    """Run and show as people and programs do."""
    aether = Aether(directory, {"TEMPORAL_ADDRESS": up.address, "AETHER_SECRETS_KEY": str(up.settings.secrets_key)})
    whole, fails = aether.write("secrets.yaml", document()), aether.write("fails.yaml", LAST)
    given = ("-i", f"site={site}", "-i", f"web={web}")
    runs = {"run": await aether("run", whole, *given, "--save", "saved", "-o", "json", seconds=300)}
    runs["fails"] = await aether("run", fails, *given[2:], "-o", "json")
    for name in ("run", "fails"):
        run = runs[name].data["run"]
        runs[f"show {name}"] = await aether("show", run)
        runs[f"show {name} as JSON"] = await aether("show", run, "-o", "json")
    runs["fails, for people"] = await aether("run", fails, *given[2:])
    runs["list"] = await aether("list")
    return runs


async def histories(client: Client) -> dict[str, bytes]:
    """Everything Temporal says of every run: as it shows it, as it keeps it, and as runs answer."""
    found: dict[str, bytes] = {}
    async for execution in client.list_workflows():
        handle = client.get_workflow_handle(execution.id)
        history = await handle.fetch_history()
        found[f"history of {execution.id}"] = history.to_json().encode()
        found[f"events of {execution.id}"] = b"\n".join(event.SerializeToString() for event in history.events)
        found[f"description of {execution.id}"] = (await handle.describe()).raw_description.SerializeToString()
        with suppress(WorkflowQueryFailedError):  # the platform's own workflows do no steps
            progress = await handle.query(PROGRESS_QUERY, result_type=object)
            found[f"progress of {execution.id}"] = repr(progress).encode()
    return found


def test_the_secrets_were_used(swept: Swept, site: Site) -> None:
    outputs = swept.runs["run"].data["outputs"]

    assert 0 == swept.runs["run"].code, swept.runs["run"].data["error"]
    assert "it is *** indeed" == outputs["shown"][0]["text"]
    assert "Bearer ***" == outputs["web"][0]["headers"]["x-told"]
    assert [] == [failure for failure in outputs["failures"] if failure == "none"]
    assert any(quote("ü") in asked.path for asked in site.asked)


def test_the_search_finds_what_is_there(swept: Swept) -> None:
    found = "\n".join(leaks(MARK, swept.evidence))
    places = "\n".join(swept.evidence)

    for place in ("temporal.db", "saved/plain.txt", "artifacts/", "history of secrets/", "events of secrets/"):
        assert place in found
    for place in ("logs/robot.log", "logs/orchestrator.log", "logs/temporal.log", ".aether/secrets"):
        assert place in places


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_left_anywhere(swept: Swept, name: str) -> None:
    found = leaks(SECRETS[name], swept.evidence)

    assert [] == found


def test_what_steps_that_failed_left_behind_was_searched_too(swept: Swept) -> None:
    contents = [content for place, content in swept.evidence.items() if place.startswith("unsealed ")]

    assert any(content.startswith(b"\x89PNG") for content in contents)
    assert any(b"<form" in content for content in contents)
    assert any(b'"console"' in content for content in contents)


def test_a_failed_run_says_what_went_wrong_without_the_secret(swept: Swept) -> None:
    error = swept.runs["fails"].data["error"]

    assert 1 == swept.runs["fails"].code
    assert "was answered with 404" in error["message"]
    assert "Bearer ***" in error["message"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_what_runs_leave_behind_is_for_its_owner_alone(swept: Swept) -> None:
    assert [] == swept.open_to_others
