"""`aether config`."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from cli.caller import Caller
from cli.connecting import settings_of
from cli.output import Output, table


def show_configuration(caller: Caller, *, config: Path | None) -> int:
    """Show each setting with its value and source."""
    settings = settings_of(caller, config=config).table()
    output = Output(caller)
    if not output.text:
        output.write_all(setting._asdict() for setting in settings)
        return 0
    rows = [
        (
            Text(setting.name),
            Text(setting.value, style="dim" if setting.source == "default" else ""),
            Text(setting.source, style="dim" if setting.source == "default" else "cyan"),
        )
        for setting in settings
    ]
    output.show(table(("SETTING", "VALUE", "SOURCE"), rows))
    return 0
