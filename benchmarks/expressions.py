"""How fast expressions are, beside Python's own `eval` in the same run: `python -m benchmarks.expressions`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter
from types import SimpleNamespace

from pydantic import JsonValue

from workflows.expressions.expression import compile_expression
from workflows.expressions.template import resolve

ROWS: list[JsonValue] = [{"id": number, "amount": number / 4, "name": f"row {number}"} for number in range(1000)]
VALUES: dict[str, JsonValue] = {"total": 5, "name": "Ada", "row": ROWS[7], "rows": ROWS}
CASES = {
    "total": "total",
    "row.amount": "row['amount']",
    "total + row.amount * 2": "total + row['amount'] * 2",
    "total < 9 and row.name != ''": "total < 9 and row['name'] != ''",
    "len(name) + 1": "len(name) + 1",
    "name.upper()": "name.upper()",
    "[row.id for row in rows if row.amount > 10]": "[row['id'] for row in rows if row['amount'] > 10]",
    "sum(row.amount for row in rows)": "sum([row['amount'] for row in rows])",
    "sorted(rows, by='amount')[0]": "sorted(rows, key=__import__('operator').itemgetter('amount'))[0]",
}
PARAMS: dict[str, JsonValue] = {
    "target": {"label": "Amount"},
    "value": "${{ row.amount }}",
    "note": "Invoice ${{ row.id }}",
}


class Scope:
    """A scope over a dictionary."""

    def lookup(self, name: str) -> JsonValue:
        """A value by its name."""
        return VALUES[name]

    def names(self) -> Iterable[str]:
        """All names."""
        return VALUES

    def now(self) -> float:
        """A fixed moment."""
        return 0.0

    def uuid(self) -> str:
        """A fixed identifier."""
        return "00000000-0000-4000-8000-000000000000"


def seconds(act: Callable[[], object]) -> float:
    """How long something takes: the best of five goes of 20 ms each."""
    start, count = perf_counter(), 0
    while perf_counter() - start < 0.02:  # noqa: PLR2004 - 20 ms
        act()
        count += 1
    best = float("inf")
    for _ in range(5):
        start = perf_counter()
        for _ in range(count):
            act()
        best = min(best, (perf_counter() - start) / count)
    return best


def main() -> None:
    """Print one line for each case."""
    scope = Scope()
    print(f"{'expression':46}{'here':>10}{'Python':>10}{'ratio':>8}")
    for text, python in CASES.items():
        expression, code = compile_expression(text), compile(python, "<python>", "eval")
        here = seconds(lambda run=expression.evaluate: run(scope))
        there = seconds(lambda code=code: eval(code, VALUES.copy()))  # noqa: S307 - the text is above
        print(f"{text:46}{here * 1e6:8.2f}us{there * 1e6:8.2f}us{here / there:8.1f}")
    print(f"{'parameters of a step with two templates':46}{seconds(lambda: resolve(PARAMS, scope)) * 1e6:8.2f}us")
    cold = SimpleNamespace(text=0)

    def compile_new() -> None:
        cold.text += 1
        compile_expression(f"total + row.amount * {cold.text}")

    print(f"{'reading a new expression':46}{seconds(compile_new) * 1e6:8.2f}us")


if __name__ == "__main__":
    main()
