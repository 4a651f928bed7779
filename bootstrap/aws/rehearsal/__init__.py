"""AWS as it would answer if all went well: what an apply would call is told, and nobody is called."""

from bootstrap.aws.rehearsal.rehearsal import Rehearsal

__all__ = ["Rehearsal"]
