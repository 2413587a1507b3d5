from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from pydantic import JsonValue

from activities.secrets import MASKED, Mask, fill
from tests.support.steps import KnownSecrets
from workflows.call import SecretRef, SecretSlot

PASSWORD = 'pä"ss wörd/&1'


def mask_of(*values: str) -> Mask:
    mask = Mask()
    for value in values:
        mask.register(value)
    return mask


@pytest.mark.parametrize(
    "text",
    [
        PASSWORD,
        quote(PASSWORD, safe=""),
        json.dumps(PASSWORD),
        json.dumps(PASSWORD, ensure_ascii=False),
        base64.b64encode(f"user:{PASSWORD}".encode()).decode(),
        base64.b64encode(f"a:{PASSWORD}!".encode()).decode(),
        base64.urlsafe_b64encode(f"ab{PASSWORD}".encode()).decode(),
    ],
)
def test_a_secret_is_masked_in_all_its_usual_spellings(text: str) -> None:
    scrubbed = mask_of(PASSWORD).scrub(f"before {text} after")

    assert MASKED in scrubbed
    assert text not in scrubbed
    assert scrubbed.startswith("before ")


def test_values_and_keys_are_masked_however_deep_they_are() -> None:
    value: JsonValue = {"a": ["x hunter22 y", {"hunter22": 1}], "b": None, "c": True, "d": 1.5}

    assert {"a": ["x *** y", {"***": 1}], "b": None, "c": True, "d": 1.5} == mask_of("hunter22").scrub(value)


def test_a_secret_pasted_with_its_line_end_is_masked_without_it() -> None:
    assert "token ***." == mask_of("abc-123\n").scrub("token abc-123.")


def test_a_number_that_is_a_secret_is_masked() -> None:
    assert [MASKED, 123] == mask_of("482913").scrub([482913, 123])


def test_a_very_short_secret_is_masked_only_where_it_is_the_whole_text() -> None:
    assert [MASKED, "banana"] == mask_of("an").scrub(["an", "banana"])


def test_of_two_secrets_the_longer_is_masked_first() -> None:
    assert "***!" == mask_of("hunter", "hunter22").scrub("hunter22!")


def test_the_lines_of_a_long_secret_are_masked_each() -> None:
    assert "key: ***" == mask_of("-----BEGIN-----\nMIIEvQIBADANBg\n-----END-----").scrub("key: MIIEvQIBADANBg")


def test_nothing_registered_masks_nothing() -> None:
    assert "text" == mask_of("").scrub("text")


async def test_secrets_are_put_in_their_places_and_masked_at_once() -> None:
    params: dict[str, JsonValue] = {"auth": {"tokens": [None, "x"]}, "plain": 1}
    mask = Mask()
    slot = SecretSlot(path=("auth", "tokens", 0), parts=("Bearer ", SecretRef(secret="t"), "!"))

    filled = await fill(params, [slot], secrets=KnownSecrets({"t": "abcdef"}), mask=mask)

    assert {"auth": {"tokens": ["Bearer abcdef!", "x"]}, "plain": 1} == filled
    assert {"auth": {"tokens": [None, "x"]}, "plain": 1} == params, "the run's own parameters stay as they are"
    assert MASKED == mask.scrub("abcdef")
