from __future__ import annotations

import asyncio
from pathlib import Path

from activities.drivers.mail.driver import MailDriver
from activities.nodes.mail import wait
from tests.support.mailbox import MailServer, account_of, letter, mail_server
from tests.support.steps import KnownSecrets, Steps, failure_of


async def test_a_message_that_is_there_is_given_at_once(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("answer 1"))
    await office.deliver(letter("answer 2"))

    found = await steps.do(wait.wait, {"subject": "answer"})

    assert "answer 1" == found["subject"]


async def test_a_message_that_comes_later_is_waited_for(steps: Steps, office: MailServer) -> None:
    waiting = asyncio.create_task(steps.do(wait.wait, {"subject": "answer"}, timeout=60.0))
    await office.listened()
    await office.deliver(letter("other"))
    await office.deliver(letter("answer"))

    found = await waiting

    assert "answer" == found["subject"]


async def test_a_server_that_tells_of_nothing_is_asked_again(tmp_path: Path) -> None:
    async with mail_server(listens=False) as office:
        (tmp_path / "own").mkdir()
        driver = MailDriver({"office": account_of(office)}, secrets=KnownSecrets({"mail": office.password}))
        steps = Steps(tmp_path / "own", driver.provider())
        waiting = asyncio.create_task(steps.do(wait.wait, {"subject": "answer"}, timeout=60.0))
        await office.listened()
        await office.deliver(letter("other"))
        await office.deliver(letter("answer"))

        found = await waiting

    assert "answer" == found["subject"]


async def test_a_message_that_does_not_come_is_said(steps: Steps, office: MailServer) -> None:
    await office.deliver(letter("other"))

    error = await failure_of(steps.do(wait.wait, {"subject": "answer", "within": "300ms"}))

    assert ("EventExpiredError", "business", False) == (error.type, error.kind, error.acted)
    assert "within 300ms" in error.message


async def test_a_step_that_is_called_off_waits_no_longer(steps: Steps, office: MailServer) -> None:
    error = await failure_of(steps.do(wait.wait, {"subject": "answer"}, timeout=2))

    assert "StepTimeoutError" == error.type
    assert [] == await office.mailbox()
