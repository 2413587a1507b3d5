"""Controls as error messages name them: what they are, and how a document would name them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from activities.sessions.desktop import Facts

_LONGEST = 50
_PLAIN = re.compile(r"[A-Za-z][\w .()/-]*[\w)]|[A-Za-z]")
_NOT_PLAIN = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def described(facts: Facts) -> str:
    """A control in a few words: `Button 'Save' (disabled)`."""
    words = [facts.control_type, *([repr(shortened(facts.name))] if facts.name else [])]
    state = "not visible" if not facts.visible else "disabled" if not facts.enabled else ""
    return " ".join([*words, *([f"({state})"] if state else [])])


def selectors(controls: Sequence[Facts], chosen: Sequence[Facts]) -> Sequence[str]:
    """For some of a program's controls, the shortest target that names each of them alone."""
    return [flow(selector(controls, facts)) for facts in chosen]


def selector(controls: Sequence[Facts], facts: Facts) -> Mapping[str, JsonValue]:
    """The shortest target that names a control alone among all that are visible."""
    own: dict[str, str] = {
        "control_type": facts.control_type,
        "name": facts.name,
        "automation_id": facts.automation_id,
        "class_name": facts.class_name,
    }
    seen = [each for each in controls if each.visible or each.ref == facts.ref]
    for fields in (("name",), ("control_type", "name"), ("automation_id",), ("control_type",), ("class_name",)):
        said = {field: own[field] for field in fields if own[field]}
        if len(said) == len(fields) and _count(seen, said) == 1:
            return dict(said)
    said = {field: own[field] for field in ("control_type", "name") if own[field]}
    alike = [each.ref for each in seen if _is(each, said)]
    return {**said, "found_index": alike.index(facts.ref) + 1 if facts.ref in alike else 1}


def flow(target: Mapping[str, JsonValue]) -> str:
    """A target as a document has it, in one line."""
    return "{" + ", ".join(f"{field}: {_scalar(value)}" for field, value in target.items()) + "}"


def listed(controls: Sequence[Facts], chosen: Sequence[Facts]) -> str:
    """Some controls, each with the target that names it."""
    pairs = zip(chosen, selectors(controls, chosen), strict=True)
    return "; ".join(f"{described(facts)} as {target}" for facts, target in pairs)


def census(controls: Sequence[Facts], most: int = 6) -> str:
    """What there is, by its kinds: `12 Button, 2 Edit`."""
    counts = Counter(facts.control_type for facts in controls if facts.visible)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common(most))


def shortened(text: str) -> str:
    """A text that does not fill the screen."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _count(controls: Sequence[Facts], said: Mapping[str, str]) -> int:
    return sum(_is(facts, said) for facts in controls)


def _is(facts: Facts, said: Mapping[str, str]) -> bool:
    return all(getattr(facts, field) == value for field, value in said.items())


def _scalar(value: JsonValue) -> str:
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN:
        return value
    return json.dumps(value, ensure_ascii=False)
