"""The portal's pages: what each address answers."""

from __future__ import annotations

import asyncio
import csv
import hmac
import io
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import quote

from invoice import CURRENCIES, Entry, Invoice
from ledger import Accepted, Ledger
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

HERE = Path(__file__).parent
COOKIE = "portal_session"
EMPTY = Entry("", "", "", "", "EUR", "")

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Account:
    """The one person who may sign in."""

    user: str
    password: str

    def admits(self, user: str, password: str) -> bool:
        """Whether these are the right credentials, in constant time."""
        right_user = hmac.compare_digest(user.encode(), self.user.encode())
        return hmac.compare_digest(password.encode(), self.password.encode()) and right_user


@dataclass(frozen=True, slots=True)
class Look:
    """What may change about the pages from one release to the next."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Other names for fields of the form."""
    skin: int = 1
    """2 has other ids and classes, another order, and other names for three fields."""
    submit: bool = True
    """Whether an invoice can be submitted."""


def application(
    ledger: Ledger, account: Account, *, slow: float = 0.0, seed: int = 1, look: Look | None = None
) -> Starlette:
    """Put the portal together."""
    pages = Pages(ledger, account, slow=slow, seed=seed, look=look or Look())
    guarded = pages.guarded
    return Starlette(
        routes=[
            Route("/", guarded(pages.home)),
            Route("/login", pages.login_form, methods=["GET"]),
            Route("/login", pages.login, methods=["POST"]),
            Route("/logout", pages.logout, methods=["POST"]),
            Route("/invoices", guarded(pages.invoices)),
            Route("/invoices/new", guarded(pages.new_invoice), methods=["GET"]),
            Route("/invoices/new", guarded(pages.submit), methods=["POST"]),
            Route("/invoices/export.csv", guarded(pages.export)),
            Route("/invoices/{confirmation}", guarded(pages.confirmation)),
            Route("/api/invoices/{supplier}/{number:path}", pages.record),
            Route("/healthz", pages.health),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        exception_handlers={ClientDisconnect: _nobody_listens},
    )


class Pages:
    """One method per address."""

    def __init__(self, ledger: Ledger, account: Account, *, slow: float, seed: int, look: Look) -> None:
        self._look = look
        self._ledger = ledger
        self._account = account
        self._slow = slow
        self._random = random.Random(seed)  # noqa: S311 - delays, not secrets
        skin = [HERE / "templates" / f"skin{look.skin}"] if look.skin > 1 else []
        self._templates = Jinja2Templates([*skin, HERE / "templates"])

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Show a page to those who are signed in; send the others to the sign-in page."""

        async def answer(request: Request) -> Response:
            user = await run_in_threadpool(self._ledger.signed_in, request.cookies.get(COOKIE, ""))
            if user is None:
                return RedirectResponse(f"/login?next={quote(request.url.path)}", status_code=303)
            request.state.user = user
            await self._dawdle()
            return await endpoint(request)

        return answer

    async def home(self, _request: Request) -> Response:
        """Lead to the list."""
        return RedirectResponse("/invoices", status_code=303)

    async def login_form(self, request: Request) -> Response:
        """Ask who is there."""
        return self._page(request, "login.html", user="", next=request.query_params.get("next", ""))

    async def login(self, request: Request) -> Response:
        """Let in whoever knows the password; tell the others."""
        form = await request.form()
        user, password = str(form.get("user", "")), str(form.get("password", ""))
        await self._dawdle()
        if not self._account.admits(user, password):
            problem = "The user name or the password is wrong."
            again = {"user": user, "next": form.get("next", ""), "problem": problem}
            return self._page(request, "login.html", status=401, **again)
        token = await run_in_threadpool(self._ledger.sign_in, user)
        response = RedirectResponse(_local(str(form.get("next", ""))), status_code=303)
        response.set_cookie(COOKIE, token, httponly=True, samesite="lax")
        return response

    async def logout(self, request: Request) -> Response:
        """End the session."""
        await run_in_threadpool(self._ledger.sign_out, request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE)
        return response

    async def invoices(self, request: Request) -> Response:
        """Show a page of the list."""
        search = request.query_params.get("search", "").strip()
        wanted = request.query_params.get("page", "1")
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else 1  # noqa: PLR2004 - fits a database integer
        page = await run_in_threadpool(self._ledger.search, search, number)
        return self._page(request, "invoices.html", page=page, search=search)

    async def new_invoice(self, request: Request) -> Response:
        """Show the empty form."""
        return await self._form(request, EMPTY, {})

    async def submit(self, request: Request) -> Response:
        """Take the form: lead to the confirmation, or show what is wrong with it."""
        entry = Entry.read(await request.form())
        outcome = await run_in_threadpool(self._ledger.submit, entry, request.state.user)
        await self._dawdle()
        if isinstance(outcome, Accepted):
            return RedirectResponse(f"/invoices/{outcome.confirmation}", status_code=303)
        return await self._form(request, entry, outcome.problems, status=422)

    async def confirmation(self, request: Request) -> Response:
        """Show one invoice with its confirmation number."""
        invoice = await run_in_threadpool(self._ledger.confirmed, request.path_params["confirmation"])
        if invoice is None:
            return self._page(request, "missing.html", status=404)
        return self._page(request, "confirmation.html", invoice=invoice)

    async def export(self, _request: Request) -> Response:
        """Give all invoices as a CSV file."""
        invoices = await run_in_threadpool(self._ledger.everything)
        attachment = {"content-disposition": 'attachment; filename="invoices.csv"'}
        return Response(_table(invoices), media_type="text/csv", headers=attachment)

    async def record(self, request: Request) -> Response:
        """The system of record: whether an invoice was entered, whatever a browser saw."""
        place = request.path_params
        invoice = await run_in_threadpool(self._ledger.find, place["supplier"], place["number"])
        if invoice is None:
            return JSONResponse({"error": "no such invoice"}, status_code=404)
        return JSONResponse(asdict(invoice))

    async def health(self, _request: Request) -> Response:
        """Tell that the portal answers."""
        return JSONResponse({"status": "ok"})

    async def _form(self, request: Request, entry: Entry, wrong: dict[str, str], status: int = 200) -> Response:
        suppliers = await run_in_threadpool(self._ledger.suppliers)
        choices = {
            "suppliers": suppliers,
            "currencies": CURRENCIES,
            "called": self._called,
            "submit": self._look.submit,
        }
        return self._page(request, "new_invoice.html", status=status, entry=entry, problems=wrong, **choices)

    def _page(self, request: Request, template: str, *, status: int = 200, **facts: object) -> Response:
        signed_in = getattr(request.state, "user", None)
        return self._templates.TemplateResponse(request, template, {"signed_in": signed_in, **facts}, status)

    def _called(self, name: str) -> str:
        """What the form calls a field."""
        return self._look.labels.get(name, name)

    async def _dawdle(self) -> None:
        await asyncio.sleep(self._random.uniform(0, self._slow))


async def _nobody_listens(_request: Request, _error: Exception) -> Response:
    """Let go of a request whose sender went away in the middle of it."""
    return Response(status_code=400)


def _local(address: str) -> str:
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside else "/"


def _table(invoices: tuple[Invoice, ...]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, [each.name for each in fields(Invoice)], lineterminator="\r\n")
    table.writeheader()
    table.writerows(asdict(invoice) for invoice in invoices)
    return text.getvalue()
