from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from activities.drivers.playwright.mark import Marks
from activities.nodes.browser.configure import ClientCertificate, Configure, configure
from activities.nodes.browser.cookies import Cookies, cookies
from activities.nodes.browser.evaluate import Evaluate, evaluate
from activities.nodes.browser.read import Read, read
from activities.sealing import Seal
from activities.sessions.profile import Auth, Proxy, Viewport
from tests.support.browser import Desk
from tests.support.certificate import Identity, signed_by
from tests.support.web import Received, Web, respond, web
from workflows.call import Checkpoint
from workflows.errors import InvalidParamsError

BODY = {"css": "body"}


@pytest.fixture(scope="session")
def authority() -> Identity:
    return signed_by(None, "Test Authority")


@pytest.fixture
async def served() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


@pytest.mark.parametrize(
    ("how", "question", "answer"),
    [
        ({"locale": "de-DE"}, "navigator.language + (1.5).toLocaleString()", "de-DE1,5"),
        ({"timezone": "Asia/Tokyo"}, "Intl.DateTimeFormat().resolvedOptions().timeZone", "Asia/Tokyo"),
        ({"user_agent": "robot"}, "navigator.userAgent", "robot"),
        ({"viewport": Viewport(width=640, height=480)}, "[innerWidth, innerHeight]", [640, 480]),
        ({}, "[innerWidth, innerHeight]", [1280, 800]),
        ({"color_scheme": "dark"}, "matchMedia('(prefers-color-scheme: dark)').matches", True),
        ({"device": "iPhone 15"}, "[screen.width, navigator.maxTouchPoints > 0]", [393, True]),
    ],
)
async def test_pages_see_the_browser_as_it_was_configured(
    desk: Desk, how: dict[str, object], question: str, answer: object
) -> None:
    await configure(desk.page(), Configure(**how))
    await desk.show("text")

    assert answer == (await evaluate(desk.page(), Evaluate(script=question))).value


async def test_pages_may_go_without_scripts(desk: Desk) -> None:
    await configure(desk.page(), Configure(javascript=False))
    await desk.show("<noscript>plain</noscript><script>document.write('scripted')</script>")

    assert "plain" == (await read(desk.page(), Read(target=BODY))).text


async def test_headers_and_credentials_go_along(desk: Desk, served: Web) -> None:
    async def asking(request: Received, writer: asyncio.StreamWriter) -> None:
        if "authorization" not in request.headers:
            await respond(writer, 401, WWW_Authenticate="Basic realm=portal")
        else:
            seen = f"{request.headers['authorization']} {request.headers['x-robot']}".encode()
            await respond(writer, 200, seen, Content_Type="text/html")

    url = served.behave("/", asking)

    await configure(desk.page(), Configure(headers={"X-Robot": "7"}, auth=Auth(username="robot", password="hunter2")))
    await desk.page().open(url, None)

    wanted = f"Basic {b64encode(b'robot:hunter2').decode()} 7"
    assert wanted == (await read(desk.page(), Read(target=BODY))).text


async def test_requests_go_through_a_proxy(desk: Desk, served: Web) -> None:
    served.behaviours["http://portal.invalid/"] = lambda _, writer: respond(
        writer, 200, b"by proxy", Content_Type="text/html"
    )

    await configure(desk.page(), Configure(proxy=Proxy(server=served.url())))
    await desk.page().open("http://portal.invalid/", None)

    assert "by proxy" == (await read(desk.page(), Read(target=BODY))).text


async def test_a_site_may_know_the_robot_by_its_certificate(desk: Desk, authority: Identity) -> None:
    robot = signed_by(authority, "robot 7")
    context = signed_by(authority, "localhost").server_context(trusting=authority)
    context.verify_mode = ssl.CERT_REQUIRED

    async def naming(_request: Received, writer: asyncio.StreamWriter) -> None:
        subject = dict(pair[0] for pair in writer.get_extra_info("peercert")["subject"])
        await respond(writer, 200, subject["commonName"].encode(), Content_Type="text/html")

    async with web(tls=context) as secure:
        url = secure.behave("/", naming)
        await desk.put("robot.pem", robot.certificate_pem)
        await desk.put("robot.key", robot.key_pem)
        told = ClientCertificate(origin=url, certificate="robot.pem", key="robot.key")

        await configure(desk.page(), Configure(verify_tls=False, certificates=(told,)))
        await desk.page().open(url, None)

        assert "robot 7" == (await read(desk.page(), Read(target=BODY))).text


async def test_cookies_are_kept_and_the_tab_is_empty(desk: Desk) -> None:
    await desk.show("<script>document.cookie = 'login=alice; max-age=999'</script>")

    await configure(desk.page(), Configure(locale="fr-FR"))

    kept = await cookies(desk.page(), Cookies())
    assert [("login", "alice")] == [(cookie.name, cookie.value) for cookie in kept.cookies]
    assert "about:blank" == desk.page().url
    assert [("main", "about:blank")] == [(tab.name, tab.url) for tab in await desk.page().tabs()]


@pytest.mark.parametrize(
    ("how", "wrong"),
    [
        ({"device": "iPhone 1"}, r"there is no device 'iPhone 1'; the closest are: 'iPhone 1\d"),
        ({"timezone": "Mars/Olympus"}, "the browser cannot be like that: .*Mars/Olympus"),
    ],
)
async def test_what_no_browser_can_be_is_told(desk: Desk, how: dict[str, str], wrong: str) -> None:
    await desk.show("still here")

    with pytest.raises(InvalidParamsError, match=wrong):
        await configure(desk.page(), Configure(**how))

    assert "still here" == (await read(desk.page(), Read(target=BODY))).text


@pytest.mark.parametrize("given", [{}, {"pfx": "a", "certificate": "b", "key": "c"}, {"certificate": "b"}])
def test_a_certificate_has_its_key(given: dict[str, str]) -> None:
    with pytest.raises(InvalidParamsError, match=r"pfx|certificate"):
        configure.read_params({"certificates": [{"origin": "https://x.example", **given}]})


async def test_another_robot_has_a_browser_configured_the_same(desk: Desk) -> None:
    """What steps have set up is part of the session, and kept sealed with its cookies."""
    marks = Marks(desk.host, desk.store, Seal(bytes(32)))
    await configure(desk.page(), Configure(locale="de-DE", auth=Auth(username="robot", password="hunter2")))

    mark = await marks.left(desk.call("browser.configure"))
    assert mark is not None
    assert mark.storage is not None
    restored = await marks.restored(Checkpoint(url=mark.url, storage=mark.storage))
    await desk.host.open("elsewhere", restored=restored)
    page = desk.host.page("elsewhere", timeout=timedelta(seconds=30))
    language = await page.evaluate("navigator.language", None, None)
    await desk.host.close("elsewhere")

    assert ("fresh", "about:blank", "de-DE") == (mark.document, mark.url, language)
    assert b"hunter2" not in desk.store.path_of(mark.storage.digest).read_bytes()
