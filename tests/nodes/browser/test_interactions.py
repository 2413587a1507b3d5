"""What pages put in the way of a person, and how a document gets along with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from activities.nodes.browser.check import check
from activities.nodes.browser.click import click
from activities.nodes.browser.fill import fill
from activities.nodes.browser.goto import goto
from activities.nodes.browser.press import press
from activities.nodes.browser.read import read
from activities.nodes.browser.select import select
from tests.support.browser import Desk
from tests.support.steps import Steps

NODES = {node.name.partition(".")[2]: node for node in (check, click, fill, goto, press, read, select)}
DONE = "onclick=\"document.getElementById('out').textContent += 'done'\""
SHOW = "oninput=\"document.getElementById('out').textContent = this.value\""


@dataclass(frozen=True)
class Case:
    """A page, what is done to it as documents write it, and what `#out` shows then."""

    id: str
    html: str
    do: Mapping[str, Mapping[str, Any]]
    shows: str = "done"


PAY = {"role": "button", "name": "Pay"}
CASES = [
    Case(
        "by label",
        f"<label>Amount <input {SHOW}></label>",
        {"fill": {"target": {"label": "Amount"}, "value": 12.5}},
        "12.5",
    ),
    Case(
        "by hint",
        f"<input placeholder=Search {SHOW}>",
        {"fill": {"target": {"placeholder": "Search"}, "value": "x"}},
        "x",
    ),
    Case("by test id", f"<button data-testid=pay {DONE}>P</button>", {"click": {"target": {"test_id": "pay"}}}),
    Case("by CSS", f"<button class=pay {DONE}>P</button>", {"click": {"target": {"css": "button.pay"}}}),
    Case("by XPath", f"<button {DONE}>P</button>", {"click": {"target": {"xpath": "//button[.='P']"}}}),
    Case("by Playwright selector", f"<button {DONE}>P</button>", {"click": {"target": "button >> text=P"}}),
    Case("by tooltip", f"<b title=Pay {DONE}>P</b>", {"click": {"target": {"title": "Pay"}}}),
    Case("by a picture's text", f"<img alt=Pay width=9 height=9 {DONE}>", {"click": {"target": {"alt": "Pay"}}}),
    Case("by text", f"<div><span {DONE}>Pay</span></div>", {"click": {"target": {"text": "Pay"}}}),
    Case("by aria-label", f"<button aria-label=Pay {DONE}>€</button>", {"click": {"target": PAY}}),
    Case("by part of a name", f"<button {DONE}>Pay 12 €</button>", {"click": {"target": {**PAY, "exact": False}}}),
    Case(
        "not by part of a name unless said so",
        f"<button>Pay later</button><button {DONE}>Pay</button>",
        {"click": {"target": PAY}},
    ),
    Case(
        "in a row",
        f"<table><tr><td>ACME<td><button>Pay</button><tr><td>Globex<td><button {DONE}>Pay</button></table>",
        {"click": {"target": {**PAY, "within": {"role": "row", "name": "Globex", "exact": False}}}},
    ),
    Case(
        "the second of two",
        f"<button>Pay</button><button {DONE}>Pay</button>",
        {"click": {"target": {**PAY, "nth": 2}}},
    ),
    Case(
        "several facts",
        f"<button>Pay</button><button class=x {DONE}>Pay</button><a class=x>Pay</a>",
        {"click": {"target": {**PAY, "css": ".x"}}},
    ),
    Case(
        "in an open shadow tree",
        "<div id=host></div><script>host.attachShadow({mode: 'open'}).innerHTML = '<button>Pay</button>';"
        "host.shadowRoot.querySelector('button').onclick = () => out.textContent = 'done'</script>",
        {"click": {"target": PAY}},
    ),
    Case(
        "in a frame",
        "<iframe title=Bank srcdoc=\"<button onclick=&quot;parent.out.textContent = 'done'&quot;>Pay</button>\">",
        {"click": {"target": {**PAY, "frame": {"title": "Bank"}}}},
    ),
    Case("far below", f"<div style='height:5000px'></div><button {DONE}>Pay</button>", {"click": {"target": PAY}}),
    Case(
        "inside a box that scrolls",
        f"<div style='height:50px;overflow:auto'><p style='height:900px'></p><button {DONE}>Pay</button></div>",
        {"click": {"target": PAY}},
    ),
    Case(
        "moving at first",
        f"<style>@keyframes m {{ from {{ margin-left: 0 }} to {{ margin-left: 300px }} }}</style>"
        f"<button style='animation: m .6s linear forwards' {DONE}>Pay</button>",
        {"click": {"target": PAY}},
    ),
    Case(
        "appearing late",
        "<script>setTimeout(() => { const b = document.createElement('button'); b.textContent = 'Pay';"
        "b.onclick = () => out.textContent = 'done'; document.body.append(b) }, 400)</script>",
        {"click": {"target": PAY}},
    ),
    Case(
        "covered at first",
        f"<button {DONE}>Pay</button><div id=wait style='position:fixed;inset:0'>Loading</div>"
        "<script>setTimeout(() => wait.remove(), 400)</script>",
        {"click": {"target": PAY}},
    ),
    Case(
        "drawn anew again and again",
        "<div id=app></div><script>let n = 0; const draw = () => { app.innerHTML = '<button>Pay</button>';"
        "app.firstChild.onclick = () => out.textContent = 'done'; "
        "if (n++ < 10) setTimeout(draw, 40) }; draw()</script>",
        {"click": {"target": PAY}},
    ),
    Case(
        "a label around a hidden box",
        "<label><input type=checkbox style='display:none' onchange=\"out.textContent = this.checked\"> I agree</label>",
        {"check": {"target": {"label": "I agree"}}},
        "true",
    ),
    Case(
        "a radio button",
        f"<label><input type=radio name=r value=card {SHOW}> Card</label>"
        "<label><input type=radio name=r checked> Cash</label>",
        {"check": {"target": {"role": "radio", "name": "Card"}}},
        "card",
    ),
    Case(
        "a grouped list",
        f"<label>Country <select {SHOW}><option><optgroup label=EU><option value=de>Germany</select></label>",
        {"select": {"target": {"label": "Country"}, "label": "Germany"}},
        "de",
    ),
    Case(
        "a date",
        f"<label>Due <input type=date {SHOW}></label>",
        {"fill": {"target": {"label": "Due"}, "value": "2026-02-28"}},
        "2026-02-28",
    ),
    Case(
        "a number field",
        f"<label>Qty <input type=number {SHOW}></label>",
        {"fill": {"target": {"label": "Qty"}, "value": 3}},
        "3",
    ),
    Case(
        "a slider",
        f"<label>Volume <input type=range {SHOW}></label>",
        {"fill": {"target": {"label": "Volume"}, "value": 70}},
        "70",
    ),
    Case(
        "text that can be edited",
        "<div contenteditable aria-label=Note role=textbox oninput='out.textContent = this.textContent'>old</div>",
        {"fill": {"target": {"role": "textbox", "name": "Note"}, "value": "new"}},
        "new",
    ),
    Case(
        "a filled area in its label",
        f"<label>Note <textarea {SHOW}>old text</textarea></label>",
        {"fill": {"target": {"label": "Note"}, "value": "a\nb"}},
        "a\nb",
    ),
    Case(
        "the right mouse button",
        "<button oncontextmenu=\"out.textContent = 'done'; return false\">Pay</button>",
        {"click": {"target": PAY, "button": "right"}},
    ),
    Case(
        "Tab leads to the next field",
        "<input title=a><input title=b onfocus=\"out.textContent = 'done'\">",
        {"click": {"target": {"title": "a"}}, "press": {"key": "Tab"}},
    ),
    Case(
        "a list that opens",
        f"<details><summary>More</summary><button {DONE}>Pay</button></details>",
        {"click": {"target": {"text": "More"}}, "press": {"target": PAY, "key": "Enter"}},
    ),
    Case(
        "a question in a dialog of the page",
        "<button onclick='d.showModal()'>Open</button><dialog id=d><form method=dialog>"
        f"<button {DONE}>Pay</button></form></dialog>",
        {"click": {"target": {"role": "button", "name": "Open"}}, "press": {"target": PAY, "key": "Enter"}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_a_page_is_used_as_a_person_would(desk: Desk, steps: Steps, case: Case) -> None:
    await desk.show(f"<output id=out style='white-space:pre'></output>{case.html}")

    for node, params in case.do.items():
        await steps.do(NODES[node], params, session=desk.grant)

    assert {"text": case.shows} == await steps.do(read, {"target": "#out"}, session=desk.grant)
