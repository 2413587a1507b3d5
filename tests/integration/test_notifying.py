"""Notices on their way through a real server: grouped, delivered, and never in the way of a run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, RPCError, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from activities.drivers.webhook import Webhook
from activities.secrets import Mask
from tests.support.eventually import eventually
from tests.support.notices import notice, told
from tests.support.pending import ended
from tests.support.steps import KnownSecrets
from tests.support.web import Received, Web, respond, web
from workers.fixing import Fixer
from workers.notifying import Messenger
from workers.platform import platform
from workers.sweeping import Broom
from workflows.notice import DELIVER_ACTIVITY, NOTIFY_ACTIVITY, Channel, Delivery, Notice, Told
from workflows.notifier import Notifier, NotifierState

QUIET = timedelta(seconds=1)


@workflow.defn
class Tells:
    """A run that has something to tell."""

    @workflow.run
    async def run(self, notices: list[Notice], queue: str) -> None:
        for each in notices:
            await workflow.execute_activity(
                NOTIFY_ACTIVITY, each, task_queue=queue, start_to_close_timeout=timedelta(seconds=10)
            )


@dataclass(frozen=True)
class Post:
    """A platform with webhooks."""

    client: Client
    queue: str
    quiet: timedelta = QUIET

    @property
    def notifier(self) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(f"{self.queue}/notifier")

    @asynccontextmanager
    async def open(self, *addresses: str) -> AsyncIterator[None]:
        hooks = [Webhook(address, key=None, secrets=KnownSecrets(), mask=Mask()) for address in addresses]
        messenger = Messenger(
            self.client,
            {hook.channel: hook for hook in hooks},
            self.quiet,
            Mask(),
            "http://ui/{}".format,
            queue=self.queue,
            notifier=self.notifier.id,
        )
        async with platform(
            self.client, messenger, Broom(self.client, messenger), Fixer(self.client), queue=self.queue
        ):
            yield

    async def tell(self, *notices: Notice) -> None:
        runs = f"{self.queue}-runs"
        async with Worker(self.client, task_queue=runs, workflows=[Tells]):
            await self.client.execute_workflow(
                Tells.run, args=[list(notices), self.queue], id=f"{runs}/{id(notices)}", task_queue=runs
            )

    async def hand_over(self, *tolds: Told, **state: Any) -> None:
        for each in tolds:
            await self.client.start_workflow(
                Notifier.run,
                NotifierState(**state),
                id=self.notifier.id,
                task_queue=self.queue,
                start_signal="told",
                start_signal_args=[each],
            )


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


@pytest.fixture
def post(client: Client, queue: str) -> Post:
    return Post(client, queue)


def facts(request: Received) -> Mapping[str, Any]:
    told: Mapping[str, Any] = json.loads(request.body)["data"]
    return told


async def test_of_many_runs_that_fail_alike_people_are_told_at_once_and_then_how_many(post: Post, site: Web) -> None:
    async with post.open(site.answer("/hook")):
        await post.tell(*(notice(run=f"invoices/{number}") for number in range(12)))
        await post.notifier.result()

    told_of = sorted((facts(request) for request in site.received), key=lambda fact: int(fact["run"].partition("/")[2]))
    first, *_, last = told_of
    assert ("invoices/0", 1) == (first["run"], first["count"])
    assert "invoices/11" == last["run"]
    assert 12 == sum(each["count"] for each in told_of) > len(told_of)
    assert WorkflowExecutionStatus.COMPLETED == (await post.notifier.describe()).status


async def test_different_incidents_do_not_hold_each_other_back(post: Post, site: Web) -> None:
    async with post.open(site.answer("/hook")):
        await post.tell(notice(step="pay"), notice(step="login"), notice(step="pay", kind="approval"))
        await eventually(lambda: len(site.received) == 3)

    assert {"pay", "login"} == {facts(request)["step"] for request in site.received}
    assert {"http://ui/invoices/1"} == {facts(request)["link"] for request in site.received}


async def test_a_channel_that_fails_is_tried_again_and_holds_no_other_back(post: Post, site: Web) -> None:
    answers = [500, 204]

    async def reluctant(_request: Received, writer: Any) -> None:
        await respond(writer, answers.pop(0))

    async with post.open(site.behave("/reluctant", reluctant), site.answer("/willing")):
        await post.tell(notice())
        await post.notifier.result()

    ids = [(request.path, request.headers["webhook-id"]) for request in site.received]
    (identity,) = {identity for _, identity in ids}
    assert [("/reluctant", identity), ("/reluctant", identity), ("/willing", identity)] == sorted(ids)


async def test_without_a_channel_nothing_happens(post: Post) -> None:
    async with post.open():
        await post.tell(notice())

    with pytest.raises(RPCError, match="not found"):
        await post.notifier.describe()


async def test_a_channel_that_is_not_set_any_more_gets_nothing(post: Post, site: Web) -> None:
    async with post.open(site.answer("/hook")):
        await post.hand_over(told("a", quiet=QUIET))
        await post.notifier.result()

    assert [] == site.received


async def test_a_restart_does_not_forget_of_what_people_were_told(post: Post, site: Web) -> None:
    address = site.answer("/hook")
    async with post.open(address):
        await post.tell(notice(run="invoices/1"))
        await eventually(lambda: len(site.received) == 1)
        await ended(post.notifier, DELIVER_ACTIVITY)

    async with post.open(address):
        await post.tell(notice(run="invoices/2"), notice(run="invoices/3"))
        await post.notifier.result()

    first, *rest = [facts(request)["count"] for request in site.received]
    assert (1, 2) == (first, sum(rest))


async def test_what_cannot_be_delivered_for_long_is_given_up(post: Post) -> None:
    @activity.defn(name=DELIVER_ACTIVITY)
    async def give_up(_delivery: Delivery, _channel: Channel) -> None:
        raise ApplicationError("for six hours now", non_retryable=True)

    async with Worker(post.client, task_queue=post.queue, workflows=[Notifier], activities=[give_up]):
        await post.hand_over(told("a", quiet=QUIET))
        await post.notifier.result()

    assert WorkflowExecutionStatus.COMPLETED == (await post.notifier.describe()).status


async def test_a_long_history_goes_on_as_a_new_one_with_what_is_still_to_be_said(post: Post) -> None:
    """The first is told at once; the others wait for the end of the quiet period, some continuations later."""
    counts: list[int] = []

    @activity.defn(name=DELIVER_ACTIVITY)
    async def keep(delivery: Delivery, _channel: Channel) -> None:
        counts.append(delivery.count)

    async with Worker(post.client, task_queue=post.queue, workflows=[Notifier], activities=[keep]):
        for number in range(12):
            await post.hand_over(told(str(number), quiet=timedelta(seconds=2)), longest=8)
            await eventually(lambda: bool(counts))
        await post.notifier.result()

    assert (1, 12) == (counts[0], sum(counts))
    async with asyncio.timeout(90):
        while await executions(post) < 2:  # noqa: ASYNC110 - Temporal's lists are late
            await asyncio.sleep(0.05)


async def test_deliveries_under_way_are_taken_along(post: Post) -> None:
    delivered: set[str] = set()
    open_ = False

    @activity.defn(name=DELIVER_ACTIVITY)
    async def wait(delivery: Delivery, _channel: Channel) -> None:
        if not open_:
            raise ApplicationError("not yet", next_retry_delay=timedelta(milliseconds=50))
        delivered.add(delivery.id)

    async with Worker(post.client, task_queue=post.queue, workflows=[Notifier], activities=[wait]):
        number = 0
        while await executions(post) < 2:
            await post.hand_over(told(str(number), quiet=QUIET, step=f"step-{number}"), longest=2)
            number += 1
        open_ = True
        await post.notifier.result()

    assert set(map(str, range(number))) == delivered


async def executions(post: Post) -> int:
    found = await post.client.count_workflows(f"WorkflowId = '{post.notifier.id}'")
    return found.count
