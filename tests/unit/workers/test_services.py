"""Which queues a robot serves."""

from __future__ import annotations

from pathlib import Path

from activities.catalog import Catalog
from activities.drivers.files import files_provider
from activities.drivers.http import HttpDriver
from tests.support.steps import Steps
from workers.providers import Offers
from workers.services import own_service, shared_services
from workers.settings import RobotSettings, Settings


def test_a_robot_serves_what_its_environment_needs_and_a_queue_of_its_own(tmp_path: Path) -> None:
    bench, catalog = Steps(tmp_path).workbench, Catalog.discover()
    offers = Offers((files_provider(), HttpDriver().provider()))
    robot = RobotSettings(id="r1", tags=tuple(f"tag-{number}" for number in range(20)))
    settings = Settings.located(tmp_path, environment="test", robot=robot)

    shared = [service.queue for service in shared_services(settings, catalog, offers, bench)]
    own = own_service(settings, catalog, offers, bench, [])

    assert ["aether.test.cap.files", "aether.test.cap.http"] == shared
    assert "aether.robot.r1" == own.queue
