"""Which node of ours does what a node of the predecessor did, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import JsonValue


@dataclass(frozen=True, slots=True)
class Rule:
    """How one type of node becomes one step."""

    do: str
    """The node type here."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Fields and ports there, parameters here."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """Ports there, expressions here; `{id}` is the step."""
    fixed: Mapping[str, JsonValue] = field(default_factory=dict)
    """Parameters that are always the same."""
    only: Mapping[str, JsonValue] = field(default_factory=dict)
    """Fields that can have this one value here."""
    ignored: frozenset[str] = frozenset()
    """Fields that make no difference here."""
    unit: Literal["ms", "s"] = "ms"
    """Of the field `timeout`."""
    variable: str | None = None
    """The field that names a variable which gets the first output as well."""
    note: str | None = None
    """What is different here."""


IGNORED: Final = frozenset(
    {
        *("name", "label", "color", "fast_mode", "highlight_before_click", "highlight_on_find", "strict"),
        *("no_wait_after",),
        *("screenshot_on_fail", "screenshot_path", "anchor_config", "allow_dangerous_paths", "create_dirs", "parents"),
        *("exist_ok", "wait_until", "slow_mo", "window_wait", "do_not_close", "force_close", "max_redirects"),
        *("trim_whitespace", "use_inner_text", "animations", "caret", "scale", "retry_delay", "chunk_size"),
    }
)  # fmt: skip
"""Fields of any node that make no difference here."""

_TARGET: Final = {"selector": "target"}
_CLICK: Final[dict[str, JsonValue]] = {
    **dict.fromkeys(("force", "trial"), False),
    **dict.fromkeys(("position_x", "position_y", "modifiers"), None),
    "delay": 0,
}
_BROWSER: Final[dict[str, JsonValue]] = {
    "browser_type": "chromium",
    "window_state": "normal",
    "profile_mode": "none",
    "color_scheme": "light",
    **dict.fromkeys(("channel", "user_agent", "locale", "timezone_id", "proxy_server", "user_data_dir"), ""),
    "ignore_https_errors": False,
}
_HTTP: Final[dict[str, JsonValue]] = {"proxy": "", "response_encoding": ""}
_RESPONSE: Final = {
    "response_body": "{id}.text",
    "response_json": "{id}.json",
    "status_code": "{id}.status",
    "response_headers": "{id}.headers",
    "success": "{id}.status < 400",
}
_DOWNLOADED: Final = {"file_path": "{id}.path", "path": "{id}.path", "attachment_file": "{id}.path", "success": "true"}
_WRITTEN: Final = {"file_path": "{id}.path", "attachment_file": "{id}.path", "success": "true"}
_FILE: Final = {"file_path": "path"}
_MOVED: Final = {"source_path": "path", "dest_path": "to", "overwrite": "overwrite"}
_NO_COOKIES: Final = "the browser's cookies are not sent with it"
_PATHS: Final = "paths lead into the run's workspace, not onto the robot's disk"

RULES: Final[dict[str, Rule]] = {
    "LaunchBrowserNode": Rule(
        "browser.open",
        {"url": "url"},
        only=_BROWSER,
        ignored=frozenset({"headless", "viewport_width", "viewport_height"}),
    ),
    "GoToURLNode": Rule("browser.goto", {"url": "url"}, only={"ignore_https_errors": False, "referer": ""}),
    "CloseBrowserNode": Rule("browser.close", note="it closes the page; the browser itself closes when the run ends"),
    "ClickElementNode": Rule("browser.click", {**_TARGET, "button": "button", "click_count": "count"}, only=_CLICK),
    "TypeTextNode": Rule(
        "browser.fill",
        {**_TARGET, "text": "value"},
        only={"clear_first": True, "force": False},
        ignored=frozenset({"delay", "press_sequentially", "press_enter_after", "press_tab_after"}),
    ),
    "SelectDropdownNode": Rule(
        "browser.select", _TARGET, only={"force": False}, ignored=frozenset({"value", "select_by"})
    ),
    "PressKeyNode": Rule("browser.press", {"key": "key"}, only={"delay": 0}),
    "ExtractTextNode": Rule("browser.read", _TARGET, {"text": "{id}.text"}, variable="variable_name"),
    "GetAttributeNode": Rule(
        "browser.read", {**_TARGET, "attribute": "attribute"}, {"value": "{id}.text"}, variable="variable_name"
    ),
    "ScreenshotNode": Rule(
        "browser.screenshot",
        {**_TARGET, "full_page": "full_page", "file_path": "path"},
        {"file_path": "{id}.path", "attachment_file": "{id}.path"},
        only={"type": "png", "omit_background": False},
        ignored=frozenset({"quality"}),
    ),
    "WaitForElementNode": Rule("browser.wait", {**_TARGET, "state": "state"}, {"found": "true"}),
    "TableScraperNode": Rule(
        "browser.table",
        {"table_selector": "target"},
        {"data": "{id}.rows", "row_count": "{id}.count", "headers": "{id}.columns"},
        only={"output_format": "list_of_dicts", "include_headers": True, "skip_rows": 0, "max_rows": 0},
        variable="output_variable",
    ),
    "DownloadFileNode": Rule(
        "http.request",
        {"url": "url", "save_path": "save_as", "verify_ssl": "verify_tls"},
        _DOWNLOADED,
        fixed={"method": "GET"},
        only={"use_browser": False},
        ignored=frozenset({"overwrite"}),
        note=_NO_COOKIES,
    ),
    "HttpDownloadFileNode": Rule(
        "http.request",
        {"url": "url", "save_path": "save_as", "headers": "headers", "verify_ssl": "verify_tls"},
        {**_DOWNLOADED, "file_size": "int({id}.headers['content-length'])"},
        fixed={"method": "GET"},
        only={"proxy": ""},
        ignored=frozenset({"overwrite"}),
        unit="s",
    ),
    "HttpRequestNode": Rule(
        "http.request",
        {
            "url": "url",
            "method": "method",
            "headers": "headers",
            "params": "params",
            "verify_ssl": "verify_tls",
            "follow_redirects": "follow_redirects",
        },
        _RESPONSE,
        only=_HTTP,
        ignored=frozenset({"body", "content_type"}),
        unit="s",
        note="an answer of 400 or more is an error here, unless 'expect_status' allows it",
    ),
    "ReadFileNode": Rule(
        "files.read",
        {**_FILE, "encoding": "encoding"},
        {"content": "{id}.content", "size": "{id}.size", "success": "true"},
        only={"errors": "strict"},
        ignored=frozenset({"binary_mode", "max_size"}),
        note=_PATHS,
    ),
    "WriteFileNode": Rule(
        "files.write",
        {**_FILE, "content": "content", "encoding": "encoding", "append_mode": "append"},
        {**_WRITTEN, "bytes_written": "{id}.size"},
        only={"errors": "strict"},
        ignored=frozenset({"binary_mode"}),
        note=_PATHS,
    ),
    "AppendFileNode": Rule(
        "files.write",
        {**_FILE, "content": "content", "encoding": "encoding"},
        {**_WRITTEN, "bytes_written": "{id}.size"},
        fixed={"append": True},
        only={"create_if_missing": True},
        note=_PATHS,
    ),
    "CopyFileNode": Rule("files.copy", _MOVED, {"dest_path": "{id}.path", "bytes_copied": "{id}.size"}, note=_PATHS),
    "MoveFileNode": Rule("files.move", _MOVED, {"dest_path": "{id}.path"}, note=_PATHS),
    "DeleteFileNode": Rule(
        "files.delete", _FILE, {"success": "{id}.deleted"}, ignored=frozenset({"ignore_missing"}), note=_PATHS
    ),
    "FileExistsNode": Rule(
        "files.exists",
        {"path": "path"},
        {"exists": "{id}.exists", "is_file": "{id}.exists"},
        ignored=frozenset({"check_type"}),
        note=_PATHS,
    ),
    "GetFileSizeNode": Rule("files.exists", _FILE, {"size": "{id}.size", "success": "{id}.exists"}, note=_PATHS),
    "ListFilesNode": Rule(
        "files.list",
        {},
        {"files": "[file.path for file in {id}.files]", "count": "{id}.count", "success": "true"},
        ignored=frozenset({"directory_path", "pattern", "recursive"}),
        note=_PATHS,
    ),
    "ListDirectoryNode": Rule(
        "files.list",
        {},
        {"items": "[file.path for file in {id}.files]", "count": "{id}.count", "success": "true"},
        only={"dirs_only": False},
        ignored=frozenset({"dir_path", "pattern", "recursive", "files_only"}),
        note=_PATHS,
    ),
    "ReadCSVNode": Rule(
        "csv.read",
        {**_FILE, "delimiter": "delimiter", "has_header": "header", "encoding": "encoding"},
        {"data": "{id}.records", "headers": "{id}.columns", "row_count": "{id}.count", "success": "true"},
        only={"quotechar": '"', "skip_rows": 0, "max_rows": 0},
        note=_PATHS,
    ),
    "WriteCSVNode": Rule(
        "csv.write",
        {
            **_FILE,
            "data": "records",
            "headers": "columns",
            "write_header": "header",
            "delimiter": "delimiter",
            "encoding": "encoding",
        },
        {**_WRITTEN, "row_count": "{id}.count"},
        note=_PATHS,
    ),
    "ReadJSONFileNode": Rule(
        "files.read",
        {**_FILE, "encoding": "encoding"},
        {"data": "parse_json({id}.content)", "success": "true"},
        note=_PATHS,
    ),
    "WriteJSONFileNode": Rule(
        "files.write",
        {**_FILE, "encoding": "encoding"},
        _WRITTEN,
        ignored=frozenset({"data", "indent", "ensure_ascii"}),
        note=_PATHS,
    ),
}
"""The nodes that become one step each; what a rule cannot say, `special.py` adds."""

_BRANCHES: Final = "put one branch after the other: steps run one at a time here"
_CELLS: Final = "read the whole sheet with 'excel.read'"
_RETRIED: Final = "give the steps inside a 'retry'"
HINTS: Final[dict[str, str]] = {
    "ForkNode": _BRANCHES,
    "JoinNode": _BRANCHES,
    "ParallelForEachNode": "use 'for_each', which takes one item at a time",
    **dict.fromkeys(("RetryNode", "RetrySuccessNode", "RetryFailNode"), _RETRIED),
    **dict.fromkeys(("OnErrorNode", "ErrorRecoveryNode"), "put the steps into a 'try'"),
    **dict.fromkeys(("HttpSuperNode", "HttpUploadFileNode"), "use 'http.request'"),
    "FileSystemSuperNode": "use the nodes 'files.*'",
    "StructuredDataSuperNode": "use the nodes 'csv.*' and 'files.*'",
    "FormFillerNode": "fill each field with a 'browser.fill'",
    "FormFieldNode": "use 'browser.fill', 'browser.select' or 'browser.check'",
    **dict.fromkeys(("ExcelOpenNode", "ExcelReadCellNode", "ExcelGetRangeNode", "ExcelCloseNode"), _CELLS),
    "ExcelWriteCellNode": "write the whole sheet with 'excel.write'",
}
"""What to do instead, for nodes that have no counterpart."""
