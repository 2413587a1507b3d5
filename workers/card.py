"""What a robot says of itself when it comes."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from uuid import uuid4

from activities.catalog import Catalog
from workers.build import BUILD_ID
from workers.machine import Machine
from workers.providers import Offers
from workers.settings import Settings
from workflows.fleet import RobotCard


def card_of(
    settings: Settings, machine: Machine, catalog: Catalog, offers: Offers, *, sessions: Sequence[str] = ()
) -> RobotCard:
    """Describe this process of a robot."""
    robot = settings.robot
    capabilities = offers.capabilities
    return RobotCard(
        robot=settings.robot_id(),
        incarnation=uuid4().hex,
        environment=settings.environment,
        host=machine.host,
        machine=machine.key,
        pid=machine.pid,
        started=machine.started,
        platform=machine.platform,
        python=platform.python_version(),
        aether=BUILD_ID.removeprefix("aether-"),
        cpus=machine.cpus,
        memory=machine.memory,
        capabilities=capabilities,
        browsers={robot.engine: offers.browser.version} if offers.browser is not None else {},
        desktop=offers.desktop,
        tags=tuple(sorted(set(robot.tags))),
        slots=robot.max_sessions if offers.hosts else 0,
        nodes={
            name: node.spec().digest for name, node in catalog.nodes.items() if node.capability.name in capabilities
        },
        sessions=tuple(sessions),
    )
