"""The store's disk fills up under load: retryable refusals, then everything goes on."""

import os

import pytest

from heliu.app.bench import disk_full


@pytest.mark.prove
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk: run it as root")
def test_a_full_disk_costs_time_and_nothing_else() -> None:
    result = disk_full.run(seconds=3, rounds=2, progress=lambda _step: None)
    assert result["asked_more_than_once"] > 0, "the disk was really full"
    assert result["granted"] == result["asked"] > 0
    assert result["lost"] == result["doubled"] == result["answered_otherwise"] == 0
    assert result["booked_but_never_answered"] == 0
    assert result["violations"] == []
