from __future__ import annotations

from pathlib import Path

import pytest

from activities.secrets import Mask
from tests.support.steps import KnownSecrets
from workers.layers import read_settings
from workers.notifying import couriers
from workflows.errors import ConfigurationError


def channels(directory: Path, **flags: object) -> list[str]:
    named = {name.replace("__", "."): value for name, value in flags.items()}
    settings = read_settings(named, environ={}, directory=directory)
    return list(couriers(settings, KnownSecrets(), Mask()))


def test_by_default_nobody_is_told(tmp_path: Path) -> None:
    assert [] == channels(tmp_path)


def test_every_address_is_a_channel_of_its_own_and_mail_is_one(tmp_path: Path) -> None:
    names = channels(
        tmp_path,
        notify__webhooks="https://a.example/x,secret:chat",
        notify__mail_to="a@example.com,b@example.com",
        smtp__host="mail.example.com",
        smtp__sender="aether@example.com",
    )

    assert 3 == len(names)
    assert "mail" == names[-1]


def test_the_name_of_a_channel_tells_no_address(tmp_path: Path) -> None:
    (name,) = channels(tmp_path, notify__webhooks="https://a.example/T0/key")

    assert "webhook-09919ba7" == name


def test_mail_needs_a_server_and_a_sender(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"'smtp\.host' and 'smtp\.sender'"):
        channels(tmp_path, notify__mail_to="a@example.com", smtp__host="mail.example.com")


@pytest.mark.parametrize("flags", [{"notify.mail_to": "nobody"}, {"notify.quiet": "0s"}, {"smtp.port": 70000}])
def test_settings_that_make_no_sense_are_refused(tmp_path: Path, flags: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(flags))):
        read_settings(flags, environ={}, directory=tmp_path)
