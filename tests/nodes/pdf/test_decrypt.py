from __future__ import annotations

from activities.nodes.pdf.decrypt import decrypt
from activities.nodes.pdf.encrypt import encrypt
from activities.nodes.pdf.read import read
from tests.support.office import pdf
from tests.support.steps import Steps, failure_of


async def test_a_file_is_open_again(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"]))
    await steps.do(encrypt, {"path": "a.pdf", "password": "p"})

    output = await steps.do(decrypt, {"path": "a.pdf", "password": "p", "to": "b.pdf"})

    assert {"path": "b.pdf", "encrypted": True} == output
    assert "text" == (await steps.do(read, {"path": "b.pdf"}))["text"]


async def test_a_file_of_an_old_kind_of_protection_can_be_opened_too(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"], password="old"))

    await steps.do(decrypt, {"path": "a.pdf", "password": "old"})

    assert "text" == (await steps.do(read, {"path": "a.pdf"}))["text"]


async def test_an_open_file_stays_as_it_is(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"]))

    assert not (await steps.do(decrypt, {"path": "a.pdf", "password": "p"}))["encrypted"]


async def test_the_wrong_password_is_an_error_that_does_not_tell_it(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"], password="right"))

    error = await failure_of(steps.do(decrypt, {"path": "a.pdf", "password": "wrongword"}))

    assert "'a.pdf' is protected by another password than the one given" == error.message
