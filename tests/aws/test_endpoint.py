"""Real AWS, or an emulator on loopback, and nothing in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bootstrap.aws.client import AwsClient
from bootstrap.aws.endpoint import Endpoint, from_environment
from bootstrap.model.errors import EndpointError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000", "http://localhost:4566", "http://[::1]:5000"])
def test_an_endpoint_on_loopback_means_emulated(url: str) -> None:
    assert from_environment({"AWS_ENDPOINT_URL": url}).emulated


@pytest.mark.parametrize(
    "url",
    [
        "https://organizations.example.com",
        "http://127.0.0.1.example.com:5000",
        "http://localhost.example.com",
        "http://10.0.0.1:5000",
        "http://127.0.0.1@example.com/",
        "127.0.0.1:5000",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
        "ftp://127.0.0.1:5000",
    ],
)
def test_any_other_endpoint_is_refused_with_a_hint(url: str) -> None:
    with pytest.raises(EndpointError) as refused:
        from_environment({"AWS_ENDPOINT_URL": url})
    assert refused.value.hint


def test_an_endpoint_of_one_service_is_refused_because_the_run_would_be_half_real() -> None:
    with pytest.raises(EndpointError, match="AWS_ENDPOINT_URL_IAM"):
        from_environment({"AWS_ENDPOINT_URL_IAM": "http://127.0.0.1:5000"})
    with pytest.raises(EndpointError):
        from_environment({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:6000"})


def test_no_endpoint_means_aws() -> None:
    assert from_environment({}) == Endpoint()
    assert not Endpoint().emulated


@pytest.mark.parametrize(
    "config",
    [
        "[profile emulated]\nendpoint_url = http://127.0.0.1:4566\n",
        "[profile emulated]\nservices = local\n[services local]\nsts =\n  endpoint_url = https://sts.example.com\n",
    ],
)
def test_an_endpoint_of_the_profile_is_refused_and_nothing_is_called(
    config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passed over, the profile of an emulator would reach real AWS."""
    (tmp_path / "config").write_text(config, "utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "emulated")
    aws = AwsClient(Endpoint(), access_role="access", home_region="eu-west-1")
    with pytest.raises(EndpointError, match="the AWS configuration sets the endpoint"):
        aws.call("sts.GetCallerIdentity")
    assert not aws.metrics.calls
