"""How connections to database servers are encrypted."""

from __future__ import annotations

import ssl

from activities.drivers.database.place import Target


def tls_of(target: Target) -> ssl.SSLContext | None:
    """Have what a connection needs to be encrypted; None for one that is not."""
    if target.tls == "off" or target.host.startswith("/"):
        return None
    context = ssl.create_default_context()
    if target.authorities:
        context.load_verify_locations(target.authorities)
    if target.tls != "verify":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
