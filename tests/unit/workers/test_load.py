"""How busy a machine is."""

from __future__ import annotations

import pytest

from workers.load import Gauge


def read(*readings: tuple[float, int]) -> Gauge:
    gauge = Gauge()
    for cpu, times in readings:
        for _ in range(times):
            gauge = gauge.read(cpu)
    return gauge


@pytest.mark.parametrize(("cpu", "band"), [(0.5, "low"), (0.7, "high"), (0.95, "full")])
def test_load_that_lasts_has_its_band(cpu: float, band: str) -> None:
    assert band == read((cpu, 30)).band


def test_a_moment_is_no_load() -> None:
    assert "low" == read((0.1, 10), (1.0, 2)).band


@pytest.mark.parametrize(("cpu", "band"), [(0.55, "high"), (0.49, "low"), (0.75, "full"), (0.65, "high"), (0.1, "low")])
def test_a_band_is_left_well_below_where_it_begins(cpu: float, band: str) -> None:
    before = 0.9 if cpu > 0.6 else 0.7

    assert band == read((before, 30), (cpu, 30)).band
