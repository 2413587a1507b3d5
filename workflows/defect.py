"""The kinds of problems a document can have."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Defect(StrEnum):
    """What kind of problem it is: stays the same when its words change, so programs can rely on it."""

    summary: str
    """What it means, in one line."""

    def __new__(cls, value: str, summary: str) -> Self:
        """A code, and what it means."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.summary = summary
        return made

    NOT_TEXT = "not-text", "the file is not UTF-8, or has a character that cannot stand in a document"
    YAML_SYNTAX = "yaml-syntax", "the text is not YAML"
    YAML_FEATURE = "yaml-feature", "a part of YAML that the language leaves out: tags, merge keys, several documents"
    YAML_ALIAS = "yaml-alias", "an alias has no anchor, or contains itself"
    TOO_LARGE = "too-large", "the document has too many bytes or values"
    TOO_DEEP = "too-deep", "the document is nested too deep"
    DUPLICATE_KEY = "duplicate-key", "a mapping has a key twice"
    KEY_NOT_TEXT = "key-not-text", "a key is a number or a mapping"
    EMPTY = "empty", "there is nothing where something is needed: no document, no steps, no entries"
    UNKNOWN_FIELD = "unknown-field", "the language has no such field there"
    MISSING_FIELD = "missing-field", "a field that is needed is not there"
    FIELDS_AT_ODDS = "fields-at-odds", "each field may be there, but not with or without the others"
    WRONG_TYPE = "wrong-type", "a value is text, a number, a list … where something else is expected"
    WRONG_VALUE = "wrong-value", "a value has the right type, but is not one of those that are possible"
    WRONG_NAME = "wrong-name", "a name has characters that names of its kind cannot have"
    OUT_OF_RANGE = "out-of-range", "a number is too small or too large, or a text or list too short or too long"
    WRONG_DEFAULT = "wrong-default", "an input would refuse its own default"
    UNKNOWN_STEP = "unknown-step", "a step is of no known kind"
    UNREACHABLE_STEP = "unreachable-step", "no run ever gets to the step"
    OUTSIDE_LOOP = "outside-loop", "`break` or `continue` outside of any loop"
    NO_WAY_OUT = (
        "no-way-out",
        "`break`, `continue` or `return` would lead out of a branch, a round side by side or an undo",
    )
    DUPLICATE_ID = "duplicate-id", "two steps have one id"
    TAKEN_NAME = "taken-name", "a name already has another meaning"
    SHARED_VARIABLE = (
        "shared-variable",
        "a branch, a round side by side or an undo would change a variable of what is around it",
    )
    UNKNOWN_ERROR = "unknown-error", "`catch` waits for an error that nothing can throw"
    UNKNOWN_NODE = "unknown-node", "there is no such node type"
    UNKNOWN_PARAMETER = "unknown-parameter", "the node has no such parameter"
    MISSING_PARAMETER = "missing-parameter", "a parameter that the node needs is not there"
    PARAMETERS_AT_ODDS = "parameters-at-odds", "each parameter may be there, but not beside the others"
    ACTING_VERIFY = "acting-verify", "the node of `verify` may change something instead of only looking"
    NEEDLESS_VERIFY = "needless-verify", "a step has `verify`, but can simply be done again"
    UNKNOWN_DOCUMENT = "unknown-document", "the document to call cannot be had"
    CALL_CIRCLE = "call-circle", "documents call each other in a circle"
    UNKNOWN_INPUT = "unknown-input", "the called document has no such input"
    MISSING_INPUT = "missing-input", "an input that the called document needs is not there"
    EXPRESSION_SYNTAX = "expression-syntax", "an expression cannot be read"
    UNDEFINED_NAME = "undefined-name", "an expression uses a name that nothing defines"
    OUT_OF_SCOPE = "out-of-scope", "an expression uses the output of a step that has none at this place"
    UNKNOWN_KEY = "unknown-key", "an expression asks a value for a key it never has"
    MISPLACED_SECRET = "misplaced-secret", "a secret is used outside of the parameters of a node"
    UNSUPPORTED_NODE = "unsupported-node", "import: nothing here does what the node did"
    NOT_IMPORTED = "not-imported", "import: something that the automation did is missing from the document"
    IMPORTED_DIFFERENTLY = "imported-differently", "import: something is not quite as it was"
