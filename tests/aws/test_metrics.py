"""What a run says about its calls."""

from __future__ import annotations

from bootstrap.aws.metrics import Metrics


def test_a_count_of_0_is_left_out() -> None:
    metrics = Metrics()
    metrics.call("sts.GetCallerIdentity")
    before = metrics.so_far
    assert str(before) == "1 AWS API call"
    metrics.call("organizations.MoveAccount")
    metrics.call("organizations.MoveAccount")
    metrics.wait(65.2)
    assert str(metrics) == "3 AWS API calls, waited 65 s in total over all threads"
    assert str(metrics.so_far.since(before)) == "2 AWS API calls, waited 65 s in total over all threads"
