"""The activities that tell people what happened to runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.courier import Courier
from activities.drivers.mail_courier import MailCourier
from activities.drivers.smtp import SmtpServer
from activities.drivers.webhook import Webhook
from activities.secrets import Mask, Secrets
from workers.keys import local_secrets
from workers.settings import Settings, SmtpSettings
from workflows.errors import AetherError, ConfigurationError
from workflows.ids import PLATFORM_QUEUE
from workflows.notice import DELIVER_ACTIVITY, NOTIFIER_ID, NOTIFY_ACTIVITY, Channel, Delivery, Notice, Told
from workflows.notifier import Notifier, NotifierState

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Messenger:
    """Tells people, on the channels that are set."""

    client: Client
    couriers: Mapping[Channel, Courier]
    quiet: timedelta
    mask: Mask
    link: Callable[[str], str | None]
    """Where people look at a run."""
    queue: str = PLATFORM_QUEUE
    notifier: str = NOTIFIER_ID

    @activity.defn(name=NOTIFY_ACTIVITY)
    async def notify(self, notice: Notice) -> None:
        """Hand a run's notice to the notifier, if anybody wants to be told."""
        info = activity.info()
        await self.tell(notice, identity=f"{info.workflow_run_id}/{info.activity_id}")

    async def tell(self, notice: Notice, *, identity: str) -> None:
        """Hand a notice to the notifier; handed over again with the same identity, it counts once."""
        if not self.couriers:
            return
        told = Told(
            id=identity,
            notice=notice.model_copy(update={"link": notice.link or self.link(notice.run)}),
            channels=tuple(self.couriers),
            quiet=self.quiet,
        )
        await self.client.start_workflow(
            Notifier.run,
            NotifierState(),
            id=self.notifier,
            task_queue=self.queue,
            start_signal="told",
            start_signal_args=[told],
            static_summary="tells people of incidents",
        )

    @activity.defn(name=DELIVER_ACTIVITY)
    async def deliver(self, delivery: Delivery, channel: Channel) -> None:
        """Bring a notice to people on one channel."""
        courier = self.couriers.get(channel)
        if courier is None:
            log.warning("notice.dropped", channel=channel, reason="the channel is not set any more")
            return
        try:
            await courier.deliver(delivery)
        except AetherError as error:
            message = self.mask.scrub(error.message)
            log.warning("notice.undelivered", channel=channel, attempt=activity.info().attempt, error=message)
            raise ApplicationError(message, type=type(error).__name__) from None
        log.info("notice.delivered", channel=channel, kind=delivery.notice.kind, count=delivery.count)


def messenger_of(settings: Settings, client: Client, mask: Mask) -> Messenger:
    """Have a messenger as the settings say.

    Raises:
        ConfigurationError: they say too little.
    """
    secrets = local_secrets(settings)
    return Messenger(client, couriers(settings, secrets, mask), settings.notify.quiet, mask, settings.run_link)


def couriers(settings: Settings, secrets: Secrets, mask: Mask) -> Mapping[Channel, Courier]:
    """Have the channels that are set.

    Raises:
        ConfigurationError: mail shall be sent, and there is no word of who takes it.
    """
    notify = settings.notify
    made: list[Courier] = [
        Webhook(address, key=notify.webhook_key, secrets=secrets, mask=mask) for address in notify.webhooks
    ]
    if notify.mail_to:
        made.append(_mail_courier(settings.smtp, notify.mail_to, secrets, mask))
    return {courier.channel: courier for courier in made}


def _mail_courier(smtp: SmtpSettings, recipients: Sequence[str], secrets: Secrets, mask: Mask) -> MailCourier:
    if smtp.host is None or smtp.sender is None:
        raise ConfigurationError(
            "the setting 'notify.mail_to' needs a mail server and a sender; set 'smtp.host' and 'smtp.sender'"
        )
    server = SmtpServer(
        host=smtp.host,
        security=smtp.security,
        port=smtp.port,
        user=smtp.user,
        authorities=smtp.ca,
    )
    return MailCourier(server, smtp.sender, recipients, password=smtp.password, secrets=secrets, mask=mask)
