from __future__ import annotations

import base64
import html
import json
import time
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from activities.secrets import MASKED, Mask, fill, learn, masked
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
        PASSWORD.encode().hex(),
        html.escape(PASSWORD),
        json.dumps(json.dumps(PASSWORD)),
        quote(quote(PASSWORD)),
        "p%c3%a4%22ss%20w%c3%b6rd/&1",
        "p%E4%22ss+w%F6rd%2F%261",
        "p&auml;&#34;ss&nbsp;w&#xF6;rd/&amp;1",
        "pÃ¤&quot;ss wÃ¶rd/&1",
        unicodedata.normalize("NFD", PASSWORD),
        ascii(PASSWORD)[1:-1],
        repr(PASSWORD.encode())[2:-1],
        PASSWORD.replace(" ", "\n  "),
        PASSWORD.replace("/", r"\/"),
    ],
)
def test_a_secret_is_masked_in_all_its_usual_spellings(text: str) -> None:
    scrubbed = mask_of(PASSWORD).scrub(f"before {text} after")

    assert MASKED in scrubbed
    assert text not in scrubbed
    assert scrubbed.startswith("before ")


@given(st.text(min_size=4).filter(lambda text: len(text.strip()) >= 4))
def test_a_secret_of_any_characters_is_masked(secret: str) -> None:
    mask = mask_of(secret)

    for text in (secret, json.dumps(secret), quote(secret, safe="", errors="replace"), html.escape(secret)):
        assert MASKED in mask.scrub(f"[{text}]")


def test_a_page_cannot_make_masking_slow() -> None:
    mask = mask_of(r'\"a lead&"\ ', '%&"+"&%')
    started = time.process_time()

    for hostile in ("\\", "&", "&amp;", "%25", " ", '"'):
        mask.scrub(hostile * 200_000)

    assert time.process_time() - started < 5


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


def test_the_beginning_of_a_secret_is_masked_where_a_text_was_cut() -> None:
    texts: JsonValue = ["'Bearer eyJ0abc… is not allowed", "it is eyJ0abcd … and eyJ0…", "and eyJ so on…", "eyJ0"]

    expected = ["'Bearer ***… is not allowed", "it is ***… and ***…", "and eyJ so on…", "eyJ0"]
    assert expected == mask_of("eyJ0abcdefgh").scrub(texts)


def test_the_lines_of_a_long_secret_are_masked_each() -> None:
    assert "key: ***" == mask_of("-----BEGIN-----\nMIIEvQIBADANBg\n-----END-----").scrub("key: MIIEvQIBADANBg")


def test_a_secret_can_be_forgotten_without_what_others_have_of_it() -> None:
    mask = mask_of("first line\nsecond line", "second line\nthird line")

    mask.forget("first line\nsecond line")

    assert "first line, ***, ***" == mask.scrub("first line, second line, third line")


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


async def test_secrets_of_other_steps_are_masked_as_far_as_they_are_set() -> None:
    mask = Mask()

    await learn(["t", "unset"], secrets=KnownSecrets({"t": "abcdef"}), mask=mask)

    assert MASKED == mask.scrub("abcdef")


def test_whoever_shortens_a_text_masks_it_first_by_the_mask_of_the_step() -> None:
    with mask_of("abcdef").worn():
        inside = masked("abcdef")

    assert (MASKED, "abcdef") == (inside, masked("abcdef"))
