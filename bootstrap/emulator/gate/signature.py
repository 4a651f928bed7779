"""The check of the time of a signature.

https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html has the messages. AWS allows five
minutes (https://github.com/mhart/aws4fetch/issues/73). botocore signs with the machine's clock
(https://github.com/boto/boto3/issues/1252). Other SDKs correct it by the `Date` of the answer, which the listener
sets by AWS's clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_FORM: Final = "%Y%m%dT%H%M%SZ"


def skew_message(signed_at: str, window_s: float, ahead_s: float) -> str | None:
    """AWS's message if the signature is outside the window of a clock that is `ahead_s` ahead of ours, or None."""
    try:
        signed = datetime.strptime(signed_at, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None  # not signed with Signature Version 4
    # Real time, not the emulator's: the client signs with its own clock.
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
