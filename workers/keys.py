"""Where an installation keeps its secrets."""

from __future__ import annotations

from activities.drivers.local_secrets import LocalSecrets
from workers.settings import Settings


def local_secrets(settings: Settings) -> LocalSecrets:
    """Have the installation's secrets."""
    return LocalSecrets(settings.secrets, settings.secrets_key, key=settings.key_text())
