"""Nodes of the predecessor as steps, field by field."""
# ruff: noqa: E501 - a table: one case, one line

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from activities.catalog import Catalog
from tests.support.predecessor import imported, lines, node, steps
from workflows.importing.rules import RULES

STATUS = "warning: step 'n': an answer of 400 or more is an error here, unless 'expect_status' allows it"
PATHS = "warning: step 'n': paths lead into the run's workspace, not onto the robot's disk"
SPECS = {name: found.spec() for name, found in Catalog.discover().nodes.items()}


@dataclass(frozen=True)
class Case:
    node: dict[str, Any]
    expected: list[dict[str, Any]]
    problems: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        settings = "-".join(f"{name}={value}" for name, value in self.node["config"].items())
        return f"{self.node['node_type']}-{settings}"[:80]


def one(do: str, **params: Any) -> list[dict[str, Any]]:
    return [{"id": "n", "do": do, "with": params}]


CASES = (
    Case(node("LaunchBrowserNode", url="http://x/"), one("browser.open", url="http://x/")),
    Case(node("LaunchBrowserNode", browser_type="chromium", headless=True), [{"wait": "0s"}]),
    Case(
        node("LaunchBrowserNode", url="http://x/", headless=False, viewport_width=800, viewport_height=600, locale="de"),
        one("browser.open", url="http://x/", viewport={"width": 800, "height": 600}),
        (
            "step 'n', field 'locale': 'de' has no counterpart in browser.open",
            "warning: step 'n', field 'headless': it is left out: the robot decides whether its browser is shown",
        ),
    ),
    Case(node("GoToURLNode", url="http://x/", wait_until="load"), one("browser.goto", url="http://x/")),
    Case(
        node("CloseBrowserNode"),
        [{"id": "n", "do": "browser.close"}],
        ("warning: step 'n': it closes the page; the browser itself closes when the run ends",),
    ),
    Case(
        node("ClickElementNode", selector="#a", button="right", click_count=2, modifiers=[], delay=0, timeout=30000),
        [{**one("browser.click", target="#a", button="right", count=2)[0], "timeout": "30s"}],
    ),
    Case(
        node("ClickElementNode", selector="#a", selector_healing_context={"a": 1}, force=True, wobble=3, timeout="{{t}}"),
        one("browser.click", target="#a"),
        (
            "step 'n', field 'force': True has no counterpart in browser.click",
            "warning: step 'n', field 'wobble': it is left out: browser.click has nothing like it",
            "warning: step 'n', field 'timeout': it is left out: a time limit is fixed here",
        ),
    ),
    Case(
        node("TypeTextNode", selector="#a", text="x", retry_count=2, retry_interval=500),
        [{**one("browser.fill", target="#a", value="x")[0], "retry": {"delays": ["500ms", "500ms"], "jitter": 0.0}}],
    ),
    Case(
        node("TypeTextNode", selector="#a", press_enter_after=True, press_tab_after=True, retry_count=1, retry_interval=""),
        [
            {**one("browser.fill", target="#a", value="")[0], "retry": {"delays": ["1s"], "jitter": 0.0}},
            {"do": "browser.press", "with": {"key": "Enter", "target": "#a"}},
            {"do": "browser.press", "with": {"key": "Tab", "target": "#a"}},
        ],
    ),
    Case(
        node("TypeTextNode", selector="#a", text="x", clear_first=False),
        one("browser.fill", target="#a", value="x"),
        ("step 'n', field 'clear_first': False has no counterpart in browser.fill",),
    ),
    Case(node("SelectDropdownNode", selector="#a", value="1"), one("browser.select", target="#a", value="1")),
    Case(
        node("SelectDropdownNode", selector="#a", value="One", select_by="label"),
        one("browser.select", target="#a", label="One"),
    ),
    Case(
        node("SelectDropdownNode", selector="#a", select_by="index"),
        one("browser.select", target="#a", value=""),
        ("step 'n', field 'select_by': an entry cannot be chosen by its index here; choose it by value or label",),
    ),
    Case(node("PressKeyNode", key="Enter"), one("browser.press", key="Enter")),
    Case(node("ExtractTextNode", selector="#a", variable_name="unused"), one("browser.read", target="#a")),
    Case(node("GetAttributeNode", selector="#a", attribute="href"), one("browser.read", target="#a", attribute="href")),
    Case(
        node("ScreenshotNode", file_path="a.png", full_page=True, type="png", quality=80),
        one("browser.screenshot", full_page=True, path="a.png"),
    ),
    Case(node("WaitForElementNode", selector="#a", state="hidden"), one("browser.wait", target="#a", state="hidden")),
    Case(node("TableScraperNode", table_selector="#t", max_rows=0), one("browser.table", target="#t")),
    Case(
        node("DownloadFileNode", url="http://x/", save_path="a.bin"),
        one("http.request", method="GET", url="http://x/", save_as="a.bin"),
        ("warning: step 'n': the browser's cookies are not sent with it",),
    ),
    Case(
        node("HttpDownloadFileNode", url="http://x/", save_path="a.bin", headers={"A": "b"}, timeout=2.5),
        [{**one("http.request", method="GET", url="http://x/", save_as="a.bin", headers={"A": "b"})[0], "timeout": "2s500ms"}],
    ),
    Case(node("HttpRequestNode", url="http://x/", method="GET"), one("http.request", url="http://x/", method="GET"), (STATUS,)),
    Case(
        node("HttpRequestNode", url="u", method="POST", headers='{"A": "b"}', params="{", body='{"a": "{{b}}"}'),
        one("http.request", url="u", method="POST", headers={"A": "b"}, params="{", json={"a": "${{ null }}"}),
        (STATUS, "step 'n', field 'body': nothing gives 'b' a value"),
    ),
    Case(
        node("HttpRequestNode", url="u", method="POST", headers={"A": "b"}, body="a=b", content_type="text/plain"),
        one("http.request", url="u", method="POST", headers={"Content-Type": "text/plain", "A": "b"}, body="a=b"),
        (STATUS,),
    ),
    Case(
        node("HttpRequestNode", url="u", headers="plain", body={"a": 1}, content_type="x/y"),
        one("http.request", url="u", headers={"Content-Type": "x/y"}, body='{"a": 1}'),
        (STATUS,),
    ),
    Case(
        node("HttpRequestNode", url="u", body={"a": 1}, verify_ssl=False, proxy="p"),
        one("http.request", url="u", json={"a": 1}, verify_tls=False),
        (STATUS, "step 'n', field 'proxy': 'p' has no counterpart in http.request"),
    ),
    Case(node("ReadFileNode", file_path="a.txt", encoding="utf-8"), one("files.read", path="a.txt", encoding="utf-8"), (PATHS,)),
    Case(
        node("ReadFileNode", file_path="a.bin", binary_mode=True),
        one("files.read", path="a.bin", format="base64"),
        (PATHS, "warning: step 'n', field 'binary_mode': the content is base64 text here"),
    ),
    Case(
        node("WriteFileNode", file_path="a", content="b", append_mode=True),
        one("files.write", path="a", content="b", append=True),
        (PATHS,),
    ),
    Case(node("AppendFileNode", file_path="a", content="b"), one("files.write", append=True, path="a", content="b"), (PATHS,)),
    Case(
        node("CopyFileNode", source_path="a", dest_path="b", overwrite=True),
        one("files.copy", path="a", to="b", overwrite=True),
        (PATHS,),
    ),
    Case(node("MoveFileNode", source_path="a", dest_path="b"), one("files.move", path="a", to="b"), (PATHS,)),
    Case(node("DeleteFileNode", file_path="a", ignore_missing=True), one("files.delete", path="a"), (PATHS,)),
    Case(node("FileExistsNode", path="a", check_type="any"), one("files.exists", path="a"), (PATHS,)),
    Case(node("GetFileSizeNode", file_path="a"), one("files.exists", path="a"), (PATHS,)),
    Case(node("ListFilesNode", directory_path="in/", pattern="*.csv"), one("files.list", pattern="in/*.csv"), (PATHS,)),
    Case(node("ListDirectoryNode", dir_path=".", recursive=True), one("files.list", pattern="**/*"), (PATHS,)),
    Case(
        node("ReadCSVNode", file_path="a", delimiter=";", has_header=False, skip_rows=2),
        one("csv.read", path="a", delimiter=";", header=False),
        (PATHS, "step 'n', field 'skip_rows': 2 has no counterpart in csv.read"),
    ),
    Case(
        node("WriteCSVNode", file_path="a", data=[{"b": 1}]), one("csv.write", path="a", records=[{"b": 1}]), (PATHS,)
    ),
    Case(
        node("WriteCSVNode", file_path="a"),
        one("csv.write", path="a"),
        (PATHS, "step 'n', field 'records': nothing says what to write"),
    ),
    Case(node("ReadJSONFileNode", file_path="a"), one("files.read", path="a"), (PATHS,)),
    Case(
        node("WriteJSONFileNode", file_path="a", data={"b": [1, "c"]}),
        one("files.write", path="a", content="${{ json({'b': [1, 'c']}) }}"),
        (PATHS,),
    ),
    Case(
        node("WriteJSONFileNode", file_path="a"),
        one("files.write", path="a", content="${{ json(null) }}"),
        (PATHS, "step 'n', field 'data': nothing says what to write"),
    ),
    Case(node("WaitNode", duration=1.5), [{"id": "n", "wait": "1s500ms"}]),
    Case(node("WaitNode", duration="2"), [{"id": "n", "wait": "2s"}]),
    Case(node("WaitNode"), [{"id": "n", "wait": "1s"}]),
    Case(
        node("WaitNode", duration=[1]),
        [{"id": "n", "wait": "0s"}],
        ("step 'n', field 'duration': [1] is not a number of seconds",),
    ),
    Case(node("ThrowErrorNode", error_message="no"), [{"id": "n", "throw": "no"}]),
    Case(node("ThrowErrorNode"), [{"id": "n", "throw": "custom error"}]),
    Case(node("AssertNode", condition=True, message="m"), [{"id": "n", "assert": "${{ true }}", "message": "m"}]),
    Case(
        node("AssertNode"),
        [{"id": "n", "assert": "${{ bool(null) }}"}],
        ("step 'n', field 'condition': nothing says what to test",),
    ),
    Case(
        node("LogNode", message="x"),
        [{"wait": "0s"}],
        ("warning: step 'n': it is left out: every step is recorded by itself",),
    ),
    Case(
        node("GetVariableNode", variable_name="x", default_value=1),
        [{"wait": "0s"}],
        ("warning: step 'n', field 'default_value': it is left out: a variable always has a value here",),
    ),
    Case(node("GetVariableNode", variable_name="x"), [{"wait": "0s"}]),
    Case(node("SetVariableNode", variable_name="a b", default_value="x"), [{"set": {"a_b": "x"}}]),
    Case(node("SetVariableNode", variable_name="a", default_value="5", variable_type="Int32"), [{"set": {"a": 5}}]),
    Case(node("SetVariableNode", variable_name="a", default_value="x", variable_type="Int32"), [{"set": {"a": "x"}}]),
    Case(node("SetVariableNode", variable_name="a", default_value="0.5", variable_type="Float"), [{"set": {"a": 0.5}}]),
    Case(node("SetVariableNode", variable_name="a", default_value="inf", variable_type="Float"), [{"set": {"a": "inf"}}]),
    Case(node("SetVariableNode", variable_name="a", default_value="yes", variable_type="Boolean"), [{"set": {"a": True}}]),
    Case(node("SetVariableNode", variable_name="a", default_value="[1]", variable_type="List"), [{"set": {"a": [1]}}]),
    Case(node("SetVariableNode", default_value=1), [{"set": {"n_2": 1}}]),
    Case(node("IncrementVariableNode", variable_name="a", increment=2), [{"set": {"a": "${{ a + 2 }}"}}]),
    Case(node("IncrementVariableNode", variable_name="a"), [{"set": {"a": "${{ a + 1 }}"}}]),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_node_becomes_a_step(case: Case) -> None:
    result = imported("start>n", n=case.node)

    assert case.expected == steps(result)
    assert list(case.problems) == lines(result)


@pytest.mark.parametrize("kind", RULES)
def test_every_rule_fits_the_node_it_leads_to(kind: str) -> None:
    rule = RULES[kind]
    properties: Any = SPECS[rule.do].params["properties"]
    results: Any = SPECS[rule.do].result["properties"]

    wrong = {*rule.fields.values(), *rule.fixed} - {*properties}

    assert set() == wrong
    assert all(name in results for text in rule.outputs.values() for name in _results(text))


def _results(text: str) -> list[str]:
    """The fields of the result that an expression looks at."""
    return [part.split(".")[0].split(")")[0].split("]")[0].split()[0].split("[")[0] for part in text.split("{id}.")[1:]]
