"""Notices over real connections: what arrives, and what is said when nothing does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.drivers.mail_courier import MailCourier
from activities.drivers.smtp import Security, SmtpServer
from activities.drivers.webhook import Webhook, sign
from activities.secrets import Mask
from tests.support.mail import Mailbox, mailbox
from tests.support.notices import delivery
from tests.support.steps import KnownSecrets
from tests.support.tls import make_certificate, serving
from tests.support.web import Web, web
from workflows.errors import AetherError

SECRETS = KnownSecrets({"mail": "hunter22-mail", "wrong": "hunter23", "hooks": "k3y-of-hooks", "bad": "whsec_***"})


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def webhook(address: str, *, key: str | None = None, secrets: KnownSecrets = SECRETS) -> Webhook:
    return Webhook(address, key=key, secrets=secrets, mask=Mask())


def mail(
    box: Mailbox,
    *recipients: str,
    security: Security = "starttls",
    user: str | None = None,
    password: str | None = None,
    authorities: Path | None = None,
) -> MailCourier:
    server = SmtpServer("127.0.0.1", security, box.port, user=user, authorities=authorities)
    people = recipients or ("a@example.com",)
    return MailCourier(server, "Aether <aether@example.com>", people, password=password, secrets=SECRETS, mask=Mask())


async def complaint(courier: Webhook | MailCourier) -> AetherError:
    with pytest.raises(AetherError) as caught:
        await courier.deliver(delivery())
    return caught.value


async def test_a_webhook_gets_the_facts_and_a_text_for_chats(site: Web) -> None:
    await webhook(site.answer("/hook", 204)).deliver(delivery(count=3))

    (request,) = site.received
    message = json.loads(request.body)
    assert ("POST", "run.parked") == (request.method, message["type"])
    assert message["text"].startswith("invoices parked at pay_all[7].pay: ElementNotFoundError (3 times).")
    assert {"run": "invoices/1", "step": "pay", "count": 3}.items() <= message["data"].items()


async def test_a_message_that_comes_again_can_be_told_by_its_id(site: Web) -> None:
    hook = webhook(site.answer("/hook"))
    await hook.deliver(delivery("run-1/5"))
    await hook.deliver(delivery("run-1/5"))

    assert {("run-1/5", "run-1/5")} == {
        (request.headers["webhook-id"], request.headers["idempotency-key"]) for request in site.received
    }


async def test_a_message_is_signed_with_the_key_of_the_installation(site: Web) -> None:
    await webhook(site.answer("/hook"), key="hooks").deliver(delivery())

    (request,) = site.received
    headers = request.headers
    expected = sign("k3y-of-hooks", headers["webhook-id"], headers["webhook-timestamp"], request.body)
    assert expected == headers["webhook-signature"]


def test_a_signature_is_that_of_the_specification() -> None:
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )

    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == signature


async def test_an_address_can_be_kept_as_a_secret(site: Web) -> None:
    secrets = KnownSecrets({"chat": site.answer("/T0/secret-part")})

    await webhook("secret:chat", secrets=secrets).deliver(delivery())

    assert 1 == len(site.received)


async def test_a_webhook_that_refuses_is_named_without_its_address(site: Web) -> None:
    error = await complaint(webhook(site.answer("/T0/secret-part", 500)))

    assert "the webhook at '127.0.0.1' answered 500, expected 2xx" == error.message


async def test_a_webhook_that_is_not_there_cannot_be_reached() -> None:
    async with web() as gone:
        address = gone.url("/x")

    error = await complaint(webhook(address))

    assert ("ServerUnreachableError", True) == (type(error).__name__, "'127.0.0.1' cannot be reached" in error.message)


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/", "https://", "http://[::1", "chat"])
async def test_an_address_that_is_none_is_a_mistake_of_the_settings(address: str) -> None:
    error = await complaint(webhook(address))

    assert "notify.webhooks" in error.message


async def test_a_key_that_is_no_base64_is_a_mistake_of_its_secret(site: Web) -> None:
    error = await complaint(webhook(site.answer("/hook"), key="bad"))

    assert "SecretStoreError" == type(error).__name__
    assert "whsec_***" not in error.message


async def test_a_letter_arrives_as_plain_text() -> None:
    async with mailbox() as box:
        await mail(box, "a@example.com", "b@example.com", security="none").deliver(delivery())

    (letter,) = box.letters
    assert "[aether] invoices parked at pay_all[7].pay: ElementNotFoundError" == letter["Subject"]
    assert "a@example.com, b@example.com" == letter["To"]
    assert "text/plain" == letter.get_content_type()
    assert "no element matches" in letter.get_content()


async def test_a_letter_that_is_sent_again_has_the_same_name() -> None:
    async with mailbox() as box:
        sender = mail(box, security="none")
        await sender.deliver(delivery("run-1/5"))
        await sender.deliver(delivery("run-1/5"))
        await sender.deliver(delivery("run-1/6"))

    first, again, other = (letter["Message-ID"] for letter in box.letters)
    assert first == again != other
    assert first.endswith("@example.com>")


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_is_encrypted_and_signs_in(certificate: Path, security: Security) -> None:
    async with mailbox(serving(certificate), at_once=security == "tls") as box:
        await mail(box, security=security, user="robot", password="mail", authorities=certificate).deliver(delivery())

    assert [True] == box.encrypted


async def test_a_server_that_nobody_vouches_for_gets_no_mail(certificate: Path) -> None:
    async with mailbox(serving(certificate)) as box:
        error = await complaint(mail(box, security="starttls", user="robot", password="mail"))

    assert "certificate" in error.message
    assert [] == box.letters


async def test_a_server_without_encryption_gets_no_mail_that_must_be_encrypted() -> None:
    async with mailbox() as box:
        error = await complaint(mail(box, security="starttls"))

    assert "'security'" in error.message
    assert [] == box.letters


async def test_a_wrong_password_is_said_without_it(certificate: Path) -> None:
    async with mailbox(serving(certificate)) as box:
        courier = mail(box, security="starttls", user="robot", password="wrong", authorities=certificate)
        error = await complaint(courier)

    assert "the mail server '127.0.0.1' refuses user 'robot'" == error.message


async def test_a_user_without_a_password_is_refused(certificate: Path) -> None:
    async with mailbox(serving(certificate)) as box:
        error = await complaint(mail(box, security="starttls", user="robot", authorities=certificate))

    assert "refuses user 'robot'" in error.message


async def test_a_server_that_cannot_now_says_why() -> None:
    async with mailbox() as box:
        box.refusals.append("451 try again later")
        error = await complaint(mail(box, security="none"))

    assert "the mail server '127.0.0.1' answered 451 try again later" == error.message


async def test_a_recipient_that_does_not_exist_keeps_no_other_from_being_told() -> None:
    async with mailbox() as box:
        box.unknown.add("b@example.com")
        await mail(box, "a@example.com", "b@example.com", security="none").deliver(delivery())
        error = await complaint(mail(box, "b@example.com", security="none"))

    assert 1 == len(box.letters)
    assert "takes no letter for 'b@example.com': 550 no such user" in error.message


async def test_a_mail_server_that_is_not_there_cannot_be_reached() -> None:
    async with mailbox() as gone:
        courier = mail(gone, security="none")

    error = await complaint(courier)

    assert "the mail server '127.0.0.1' cannot be reached" in error.message
