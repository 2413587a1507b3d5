"""What AT-SPI calls controls and their states, in UI Automation's words."""

from __future__ import annotations

from enum import IntEnum

from activities.sessions.control import ControlType

ROLES: tuple[str, ...] = (
    "invalid", "accelerator-label", "alert", "animation", "arrow", "calendar", "canvas", "check-box",
    "check-menu-item", "color-chooser", "column-header", "combo-box", "date-editor", "desktop-icon", "desktop-frame",
    "dial", "dialog", "directory-pane", "drawing-area", "file-chooser", "filler", "focus-traversable", "font-chooser",
    "frame", "glass-pane", "html-container", "icon", "image", "internal-frame", "label", "layered-pane", "list",
    "list-item", "menu", "menu-bar", "menu-item", "option-pane", "page-tab", "page-tab-list", "panel",
    "password-text", "popup-menu", "progress-bar", "push-button", "radio-button", "radio-menu-item", "root-pane",
    "row-header", "scroll-bar", "scroll-pane", "separator", "slider", "spin-button", "split-pane", "status-bar",
    "table", "table-cell", "table-column-header", "table-row-header", "tearoff-menu-item", "terminal", "text",
    "toggle-button", "tool-bar", "tool-tip", "tree", "tree-table", "unknown", "viewport", "window", "extended",
    "header", "footer", "paragraph", "ruler", "application", "autocomplete", "editbar", "embedded", "entry", "chart",
    "caption", "document-frame", "heading", "page", "section", "redundant-object", "form", "link",
    "input-method-window", "table-row", "tree-item", "document-spreadsheet", "document-presentation",
    "document-text", "document-web", "document-email", "comment", "list-box", "grouping", "image-map",
    "notification", "info-bar", "level-bar", "title-bar", "block-quote", "audio", "video", "definition", "article",
    "landmark", "log", "marquee", "math", "rating", "timer", "static", "math-fraction", "math-root", "subscript",
    "superscript", "description-list", "description-term", "description-value", "footnote", "content-deletion",
    "content-insertion", "mark", "suggestion", "push-button-menu", "switch",
)  # fmt: skip
"""Names of roles by their numbers: programs say the number, since their own names for it differ."""

_TYPES: dict[ControlType, str] = {
    "Button": "push-button toggle-button",
    "Calendar": "calendar",
    "CheckBox": "check-box switch",
    "ComboBox": "combo-box",
    "DataGrid": "table tree-table",
    "DataItem": "table-cell table-row",
    "Document": "document-frame document-spreadsheet document-presentation document-text document-web document-email",
    "Edit": "text entry password-text autocomplete editbar date-editor terminal",
    "Group": "panel filler grouping section form redundant-object embedded landmark article",
    "HeaderItem": "column-header row-header table-column-header table-row-header",
    "Hyperlink": "link",
    "Image": "image icon desktop-icon canvas drawing-area",
    "List": "list list-box",
    "ListItem": "list-item",
    "Menu": "popup-menu",
    "MenuBar": "menu-bar",
    "MenuItem": "menu menu-item check-menu-item radio-menu-item tearoff-menu-item",
    "Pane": "scroll-pane viewport split-pane application root-pane glass-pane layered-pane option-pane",
    "ProgressBar": "progress-bar level-bar",
    "RadioButton": "radio-button",
    "ScrollBar": "scroll-bar",
    "Separator": "separator",
    "Slider": "slider dial",
    "Spinner": "spin-button",
    "SplitButton": "push-button-menu",
    "StatusBar": "status-bar",
    "Tab": "page-tab-list",
    "TabItem": "page-tab",
    "Text": "label static heading paragraph caption accelerator-label comment log timer",
    "TitleBar": "title-bar",
    "ToolBar": "tool-bar",
    "ToolTip": "tool-tip",
    "Tree": "tree",
    "TreeItem": "tree-item",
    "Window": "frame window dialog alert file-chooser color-chooser font-chooser",
}
_BY_ROLE: dict[str, ControlType] = {role: kind for kind, roles in _TYPES.items() for role in roles.split()}

CHECKABLE = frozenset({"check-box", "radio-button", "toggle-button", "check-menu-item", "radio-menu-item", "switch"})
"""Roles of what is on or off."""


class State(IntEnum):
    """Bits of what AT-SPI says of a control's state."""

    ACTIVE = 1
    CHECKED = 4
    DEFUNCT = 6
    EDITABLE = 7
    ENABLED = 8
    EXPANDABLE = 9
    EXPANDED = 10
    FOCUSED = 12
    MODAL = 16
    PRESSED = 20
    SELECTABLE = 22
    SELECTED = 23
    SENSITIVE = 24
    SHOWING = 25
    VISIBLE = 30
    CHECKABLE = 41
    READ_ONLY = 44


def role_name(number: int) -> str:
    """The name of a role."""
    return ROLES[number] if number < len(ROLES) else "unknown"


def control_type(role: str) -> ControlType:
    """What UI Automation calls it."""
    return _BY_ROLE.get(role, "Custom")
