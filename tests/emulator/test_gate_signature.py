"""Clients with a wrong clock: the time of their signatures is outside the window.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html has the messages.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import botocore.auth
import pytest
from botocore.exceptions import ClientError

from bootstrap.emulator.profile import read_profile
from tests.emulator.conftest import code_and_status

if TYPE_CHECKING:
    from bootstrap.emulator import Emulator
    from tests.emulator.conftest import Aws

AHEAD_S = 7200
pytestmark = pytest.mark.emulator(profile=f"signature_window_s = 300\nclock_ahead_s = {AHEAD_S}")


def clock(monkeypatch: pytest.MonkeyPatch, off_s: float) -> None:
    """Set the client's clock relative to AWS's."""

    def now(*, remove_tzinfo: bool = True) -> datetime:
        at = datetime.now(UTC) + timedelta(seconds=AHEAD_S + off_s)
        return at.replace(tzinfo=None) if remove_tzinfo else at

    monkeypatch.setattr(botocore.auth, "get_current_datetime", now)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("sts.get_caller_identity", ("SignatureDoesNotMatch", 403)),
        ("cloudformation.list_stacks", ("SignatureDoesNotMatch", 403)),
        ("secretsmanager.list_secrets", ("InvalidSignatureException", 400)),
        ("account.get_account_information", ("InvalidSignatureException", 403)),
        ("s3.list_buckets", ("RequestTimeTooSkewed", 403)),
    ],
)
def test_each_service_has_its_own_error_for_an_expired_signature(
    emulator: Emulator, aws: Aws, method: str, answer: tuple[str, int]
) -> None:
    with pytest.raises(ClientError) as caught:
        aws.call(method)
    assert code_and_status(caught.value) == answer
    (call,) = emulator.calls()
    assert (call.outcome, call.effect) == ("skewed_clock", False)


@pytest.mark.parametrize("off_s", [-270, 0, 270])
def test_a_signature_within_the_window_is_accepted(monkeypatch: pytest.MonkeyPatch, aws: Aws, off_s: int) -> None:
    clock(monkeypatch, off_s)
    aws("iam").list_users()


@pytest.mark.parametrize(
    ("off_s", "message"),
    [
        (-330, r"Signature expired: \d+T\d+Z is now earlier than \d+T\d+Z \(\d+T\d+Z - 5 min\.\)"),
        (330, r"Signature not yet current: \d+T\d+Z is still later than \d+T\d+Z \(\d+T\d+Z \+ 5 min\.\)"),
    ],
)
def test_the_message_has_both_times(monkeypatch: pytest.MonkeyPatch, aws: Aws, off_s: int, message: str) -> None:
    clock(monkeypatch, off_s)
    with pytest.raises(ClientError, match=message):
        aws("iam").list_users()


def test_the_date_of_an_answer_is_by_the_clock_of_the_profile(monkeypatch: pytest.MonkeyPatch, aws: Aws) -> None:
    """SDKs that correct a wrong clock go by it: https://aws.amazon.com/blogs/developer/clock-skew-correction/."""
    clock(monkeypatch, 0)
    date = aws("iam").list_users()["ResponseMetadata"]["HTTPHeaders"]["date"]
    ahead = parsedate_to_datetime(date) - datetime.now(UTC)
    assert ahead.total_seconds() == pytest.approx(AHEAD_S, abs=60)


def test_a_skewed_clock_can_be_planned(emulator: Emulator, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    clock(monkeypatch, 0)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: datetime.now(UTC) + timedelta(seconds=AHEAD_S))
    emulator.fail_next("iam.*", fault="skewed_clock")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        aws("iam").list_users()
    aws("iam").list_users()


def test_real_and_storm_check_the_time_of_signatures() -> None:
    windows = {name: read_profile(name).signature_window_s for name in ("calm", "real", "storm")}
    assert windows == {"calm": 0, "real": 300, "storm": 300}
