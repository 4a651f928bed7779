"""What the running sandbox was asked to be like."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Options:
    """One instance serves the whole process, because moto's state does too."""

    paths: bool = True
    """Whether Organizations answers with `Account.Paths`, `Account.State` and `OrganizationalUnit.Path`,
    which only newer endpoints do (botocore 1.42.80 has them)."""

    polls: int = 1
    """How many times a request that AWS works on in the background still answers that it is in progress."""


CURRENT = Options()
