from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.constants import UserAccessPermissions

from activities.nodes.pdf.encrypt import encrypt
from tests.support.office import pdf
from tests.support.steps import Steps, failure_of


async def test_a_file_is_protected_with_aes_of_256_bits(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"]))

    await steps.do(
        encrypt, {"path": "a.pdf", "to": "b.pdf", "password": "open", "owner_password": "all", "allow": ["print"]}
    )

    reader = PdfReader(BytesIO(await steps.content("b.pdf")), password="open")
    encryption: Any = reader.trailer["/Encrypt"]
    assert ("/AESV3", 6) == (encryption["/CF"]["/StdCF"]["/CFM"], encryption["/R"])
    rights = reader.user_access_permissions
    assert rights is not None
    assert (True, False) == (UserAccessPermissions.PRINT in rights, UserAccessPermissions.MODIFY in rights)
    assert b"text" not in await steps.content("b.pdf")


async def test_a_file_that_is_protected_already_stays_as_it_is(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"], password="old"))
    before = await steps.content("a.pdf")

    error = await failure_of(steps.do(encrypt, {"path": "a.pdf", "password": "new"}))

    assert "'a.pdf' is protected by a password" in error.message
    assert before == await steps.content("a.pdf")
