"""How busy a robot's machine is, in bands that do not flicker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.fleet import Load

_BANDS: tuple[Load, ...] = ("low", "high", "full")
_BEGINS: Mapping[Load, float] = {"high": 0.6, "full": 0.8}
_SLACK = 0.1
"""How far below its beginning a band is left."""
_WEIGHT = 0.3
"""How much the latest reading counts: what lasts for a second only is no load."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """The load as it was read again and again."""

    cpu: float = 0.0
    """How much of all processors is in use, from 0 to 1; smoothed."""
    band: Load = "low"

    def read(self, cpu: float) -> Gauge:
        """After another reading."""
        smooth = self.cpu + _WEIGHT * (cpu - self.cpu)
        return Gauge(smooth, _band(smooth, self.band))


def _band(cpu: float, before: Load) -> Load:
    band = before
    for above, begins in _BEGINS.items():
        if cpu > begins and _BANDS.index(band) < _BANDS.index(above):
            band = above
    while band != "low" and cpu <= _BEGINS[band] - _SLACK:
        band = _BANDS[_BANDS.index(band) - 1]
    return band
