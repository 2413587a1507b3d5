from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from activities.fingerprints import Fingerprint, FingerprintKey, LocalFingerprintStore

KEY = FingerprintKey(document="pay", step="submit", target="button 'Pay'", page="https://portal.example/new")
BUTTON = Fingerprint.model_validate(
    {
        "version": 1, "look": "x1", "tag": "button", "kind": "click", "type": "", "role": "", "id": "pay", "name": "",
        "test": "", "href": "", "src": "", "choice": "", "text": "pay", "label": "", "hint": "", "icon": "",
        "classes": ["primary"], "attributes": {}, "options": [], "path": ["form:1", "button:1"],
        "box": [10, 20, 80, 30], "near": ["amount"], "left": "amount", "above": "", "around": ["amount"],
        "heading": "pay a supplier", "landmark": "form", "mark": ["a1", "b2", "", ""], "usable": 2,
        "others": ["c3.d4.."], "twins": [], "turn": 0,
    }
)  # fmt: skip


async def test_what_was_kept_is_had_again(tmp_path: Path) -> None:
    await LocalFingerprintStore(tmp_path / "kept").put(KEY, BUTTON)

    assert BUTTON == await LocalFingerprintStore(tmp_path / "kept").get(KEY)


def _files(directory: Path) -> list[Path]:
    return list(directory.rglob("*.json"))


@pytest.mark.parametrize("field", ["document", "step", "target", "page"])
async def test_another_element_has_a_fingerprint_of_its_own(tmp_path: Path, field: str) -> None:
    store = LocalFingerprintStore(tmp_path)
    await store.put(KEY, BUTTON)

    assert await store.get(KEY.model_copy(update={field: "another"})) is None


async def test_what_cannot_be_read_was_never_seen(tmp_path: Path) -> None:
    store = LocalFingerprintStore(tmp_path)
    await store.put(KEY, BUTTON)
    for path in _files(tmp_path):
        path.write_text('{"version": 7}')

    assert await store.get(KEY) is None


async def test_a_step_keeps_the_fifty_it_used_last(tmp_path: Path) -> None:
    store = LocalFingerprintStore(tmp_path)

    for row in range(60):
        await store.put(KEY.model_copy(update={"target": f"row {row}"}), BUTTON)

    assert 50 == len(_files(tmp_path))
    assert BUTTON == await store.get(KEY.model_copy(update={"target": "row 59"}))


async def test_only_the_owner_can_look_into_it(tmp_path: Path) -> None:
    await LocalFingerprintStore(tmp_path / "kept").put(KEY, BUTTON)

    assert {0o600} == {path.stat().st_mode & 0o777 for path in _files(tmp_path / "kept")}
    assert 0o700 == (tmp_path / "kept").stat().st_mode & 0o777


def test_a_fingerprint_cannot_grow_without_end() -> None:
    with pytest.raises(ValidationError):
        Fingerprint.model_validate(BUTTON.model_dump() | {"text": "x" * 1000})
