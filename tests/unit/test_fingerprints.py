from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from activities.fingerprints import Fingerprint, FingerprintKey, Kept, LocalFingerprintStore

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


INVOICE = KEY.model_copy(update={"page": "https://portal.example/invoices/{id}"})


def _key(page: str) -> FingerprintKey:
    return FingerprintKey(document=KEY.document, step=KEY.step, target=KEY.target, page=page)


def _kept_by_an_older_release(directory: Path, page: str, text: str) -> None:
    """A file as it was named and written when pages were told apart by their whole paths."""
    key = KEY.model_copy(update={"page": page})
    names = [hashlib.sha256(words.encode()).hexdigest()[:24] for words in (key.document, key.step)]
    element = hashlib.sha256(f"{key.target}\n{key.page}".encode()).hexdigest()[:24]
    folder = directory.joinpath(*names)
    folder.mkdir(parents=True, exist_ok=True)
    kept = Kept(key=KEY, fingerprint=BUTTON.model_copy(update={"text": text})).model_dump()
    kept["key"]["page"] = page
    (folder / f"{element}.json").write_text(json.dumps(kept))
    os.utime(folder / f"{element}.json", (int(page[-1]), int(page[-1])))


async def test_the_pages_of_two_records_share_a_fingerprint(tmp_path: Path) -> None:
    store = LocalFingerprintStore(tmp_path)

    await store.put(_key("https://portal.example/invoices/1"), BUTTON)

    assert BUTTON == await store.get(_key("https://portal.example/invoices/2"))
    assert 1 == len(_files(tmp_path))


async def test_what_an_older_release_kept_of_two_records_becomes_what_it_saw_last(tmp_path: Path) -> None:
    for number in (2, 1, 3):
        _kept_by_an_older_release(tmp_path, f"https://portal.example/invoices/{number}", f"pay {number}")
    store = LocalFingerprintStore(tmp_path)

    assert ["pay 3"] == [kept.fingerprint.text for kept in await store.of(KEY.document)]
    found = await store.get(INVOICE)

    assert found is not None
    assert "pay 3" == found.text
    assert 1 == len(_files(tmp_path))


async def test_what_an_older_release_kept_is_never_put_before_what_was_kept_since(tmp_path: Path) -> None:
    store = LocalFingerprintStore(tmp_path)
    await store.put(INVOICE, BUTTON)
    _kept_by_an_older_release(tmp_path, "https://portal.example/invoices/3", "pay 3")

    await store.get(_key("https://portal.example/elsewhere"))

    assert (BUTTON, 1) == (await store.get(INVOICE), len(_files(tmp_path)))


async def test_a_route_that_was_never_seen_is_known_by_what_was_kept_of_its_application(tmp_path: Path) -> None:
    _kept_by_an_older_release(tmp_path, "https://portal.example/app1", "pay 1")
    store = LocalFingerprintStore(tmp_path)

    found = await store.get(_key("https://portal.example/app1#/invoices/7"))

    assert found is not None
    assert "pay 1" == found.text
