"""What is found out of a selector before a run is what a browser would say in it."""

from __future__ import annotations

import playwright.async_api as pw
import pytest

from tests.support.browser import Desk
from workflows.selector import check_selector

GOOD = [
    "#submit", "a", "*", "a.b#c[d]", "a > b + c ~ d  e", "a,b , c", ".x:not(.y, .z)", "[data-x='1']", '[x="a b" i]',
    "[x|=y][y^='a'][z$='b'][w*='c'][v~=d]", "input:checked", ":is(a, b) > c", ":where(a)", "li:nth-child(2n+1)",
    "li:nth-child(odd)", "li:nth-last-child(-n + 3)", "li:nth-child(2 of .x)", "a:has(> b)", "a:has(b, + c)",
    "button:has-text('Pay')", ":text('Pay (now)')", ':text-is("Pay")', ":text-matches('a.c', 'i')", "a:visible",
    "input:right-of(:text('Name'))", "input:near(.x, 120)", ":nth-match(button, 2)", "a >> b", "a >> nth=0",
    "a >> text=Pay", "text=Pay", "text=Pay >> b", "'Pay'", '"Pay >> now"', "//a", "..", "(//a)[1]",
    "xpath=//a[@x='>>']",
    "role=button[name='Pay']", "id=x", "css=a", "*css=a >> b", "data-testid=x", "data-testid:light=x", "visible=true",
    ".\\31 a", "a\\:b", "#ä", "--x", "/* c */ a", "a/**/b", "> a", "rect", "a:lang(de)",
    "dialog:modal", "p:dir(ltr)", "  a  ", "[a = 'b']", ":host", ":scope > a",
    "a:-webkit-autofill", "A:HOVER", "//a[contains(., 'x')]", "xpath=.//td[2]", ":not(:has(a))", "css=:light(a b)",
]  # fmt: skip
BAD = [
    "#", "#1a", ".1", "a..b", "a >", "a > > b", "a,", ", a", "a,,b", "[", "[]", "[a=]", "[a=1]", "[a='b]",
    "[a='b'", "a)",
    "(a)", "a:", "a:nosuch", "a:chekced", "a:nth-child()", "a:nth-child(x)", "a:not(", "a:not()", ":nosuch(a)", "a{b}",
    "a@b", "a!b", "nosuch=a", "csss=a", "a >> ", ">> a", "//a[", "//a]", "//", "xpath=a b", "//a[ends-with(@x, 'y')]",
    "//x:a", "a[b=c d]", "[a==b]", "a:has-text('x'", "a$", "a%", "p::before",
    "x::part(a)", "*|a", "svg|rect", "a:nth-match(b, 2", "a[|]",
]  # fmt: skip


@pytest.mark.parametrize("selector", GOOD)
async def test_a_selector_that_browsers_can_read_is_let_pass(desk: Desk, selector: str) -> None:
    assert await _read(desk, selector) is None

    check_selector(selector)


@pytest.mark.parametrize("selector", BAD)
async def test_a_selector_that_browsers_cannot_read_is_found(desk: Desk, selector: str) -> None:
    assert await _read(desk, selector) is not None

    with pytest.raises(ValueError, match=r".{5}"):
        check_selector(selector)


async def _read(desk: Desk, selector: str) -> str | None:
    """What a browser has against a selector."""
    page = desk.host.find(desk.session).context.pages[0]
    try:
        await page.locator(selector).count()
    except pw.Error as error:
        return error.message
    return None
