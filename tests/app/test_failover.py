"""The fail-over bench as a proof: primaries killed under load, nothing acknowledged lost."""

import pytest

from heliu.app.bench import failover


@pytest.mark.prove
def test_two_fail_overs_of_ledger_and_serving_bank_lose_and_double_nothing() -> None:
    result = failover.run("", seconds=4, progress=lambda _step: None, rounds=2)
    served = result["over_http"]
    assert served["granted"] == served["asked"] > 0
    assert served["lost"] == served["doubled"] == served["answered_otherwise"] == 0
    assert served["violations"] == []
    assert served["processes_never_restarted"]
    assert result["acknowledged"] > 0
    assert result["lost"] == result["doubled"] == 0
    assert result["violations"] == []
    assert result["outages_told"] > 0
