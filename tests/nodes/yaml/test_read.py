from __future__ import annotations

import pytest

from activities.nodes.yaml.read import LARGEST, read
from tests.support.steps import Steps, failure_of
from workflows.call import FileEntry

TEXT = """
country: no
when: 2026-01-31
port: 080
on: yes
ratio: 1.5
nothing:
"quoted": "12"
big: 123456789012345678901234567890
base: &base {a: 1}
more:
  <<: *base
  b: 2
"""


async def test_words_mean_what_yaml_12_says(steps: Steps) -> None:
    await steps.put("a.yaml", TEXT.encode())

    output = await steps.do(read, {"path": "a.yaml"})

    assert {
        "country": "no",
        "when": "2026-01-31",
        "port": 80,
        "on": "yes",
        "ratio": 1.5,
        "nothing": None,
        "quoted": "12",
        "big": "123456789012345678901234567890",
        "base": {"a": 1},
        "more": {"a": 1, "b": 2},
    } == output["value"]


async def test_all_documents_are_read(steps: Steps) -> None:
    await steps.put("a.yaml", b"a: 1\n---\n[2]\n---\n")

    output = await steps.do(read, {"path": "a.yaml"})

    assert ({"a": 1}, [{"a": 1}, [2], None]) == (output["value"], output["documents"])


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: [1", "line 2"),
        ("x: 1\n  y: 2\n", "line 2"),
        ("!!python/object/apply:os.system [ls]", "line 1"),
        ("? [a]\n: 1\n", "expected text as a key"),
        (BOMB, "more than 1000000 values"),
        ("&a [*a]", "one inside of itself"),
        ("a: 1\na: 2\n", "line 2, column 1: no YAML that can be read: the key 'a' is twice"),
        ("!!binary aGVsbG8=", "tag:yaml.org,2002:binary"),
        ("!!set {x, y}", "tag:yaml.org,2002:set"),
    ],
)
async def test_what_cannot_be_a_value_is_a_business_error(steps: Steps, content: str, said: str) -> None:
    await steps.put("a.yaml", content.encode())

    error = await failure_of(steps.do(read, {"path": "a.yaml"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert said in error.message


async def test_a_file_too_large_for_an_output_is_not_even_opened(steps: Steps) -> None:
    steps.files["a.yaml"] = FileEntry(digest=f"sha256:{'0' * 64}", size=LARGEST + 1)

    assert "ResultTooLargeError" == (await failure_of(steps.do(read, {"path": "a.yaml"}))).type


async def test_what_a_tag_calls_text_is_text_and_decimals_keep_their_digits(steps: Steps) -> None:
    content = b"a: !!str 5\nb: !!int '5'\nc: !!timestamp 2026-01-31\nd: 12345678901234567.89\ne: 1.50\n"
    await steps.put("a.yaml", content)

    output = await steps.do(read, {"path": "a.yaml"})

    assert {"a": "5", "b": 5, "c": "2026-01-31", "d": "12345678901234567.89", "e": 1.5} == output["value"]
