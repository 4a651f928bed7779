"""What AWS says to a signature of another time.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html has the messages; AWS ends them with
how much it allows, which are five minutes (https://github.com/mhart/aws4fetch/issues/73). botocore signs with the
machine's clock and does not correct it (https://github.com/boto/boto3/issues/1252); other SDKs correct it by the `Date`
of the answer, so that this header goes by AWS's clock as well (see the listener).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_FORM: Final = "%Y%m%dT%H%M%SZ"


def complaint(signed_at: str, window_s: float, ahead_s: float) -> str | None:
    """The message, where the signature is older or younger than it may be by a clock that is so far ahead of ours."""
    try:
        signed = datetime.strptime(signed_at, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None  # unsigned, or signed in another way
    # Of the world and not of the emulator: whoever signs does not know how fast that one goes.
    now = datetime.now(UTC) + timedelta(seconds=ahead_s)
    window = timedelta(seconds=window_s)
    minutes = f"{window_s / 60:g} min."
    if signed < now - window:
        earliest, at = (now - window).strftime(_FORM), now.strftime(_FORM)
        return f"Signature expired: {signed_at} is now earlier than {earliest} ({at} - {minutes})"
    if signed > now + window:
        latest, at = (now + window).strftime(_FORM), now.strftime(_FORM)
        return f"Signature not yet current: {signed_at} is still later than {latest} ({at} + {minutes})"
    return None
