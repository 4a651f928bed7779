"""The one definition of text that looks like a secret, for finding it and for masking it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Leak(NamedTuple):
    """A part of a line, by columns from 0, and the kind of secret that it looks like."""

    start: int
    end: int
    what: str


_SHORTEST: Final = len("pw=abc")  # the shortest text that any pattern matches
# Each has a fixed prefix that its issuer documents, so no ordinary word matches.
_KNOWN: Final = (
    ("an AWS access key id", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"),
    ("a private key", r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----\S{0,4096}"),
    ("a JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})"),
    ("a GitLab token", r"\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{16,}"),
    ("a Slack token", r"\bxox[abeprs]-[A-Za-z0-9-]{8,}"),
    ("a Slack webhook", r"https://hooks\.slack\.com/services/[A-Za-z0-9/]{16,}"),
    ("a Stripe key", r"\b(?:[srp]k_(?:live|test)|whsec)_[A-Za-z0-9]{10,}"),
    ("an API key", r"\bsk-[A-Za-z0-9_-]{20,}"),
    ("a Google API key", r"\bAIza[A-Za-z0-9_-]{30,}"),
    ("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{30,}"),
    ("a PyPI token", r"\bpypi-[A-Za-z0-9_-]{20,}"),
    (
        "a URL with a password",
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{0,100}:[^\s/@'\"]{1,200}@[^\s'\",}\]]*",
    ),
)
# Every known secret contains one of these. Searching for them first is ten times as fast: most lines have none.
_MAYBE_KNOWN: Final = re.compile(
    r"A(?:KIA|SIA|BIA|CCA|Iza)|-----BEGIN|eyJ|gh[pousr]_|github_pat_|gl[a-z]+-|xox|hooks\.slack|[srp]k_|whsec_|sk-"
    r"|SG\.|npm_|pypi-|://"
)
_ANY_KNOWN: Final = re.compile("|".join(f"({pattern})" for _, pattern in _KNOWN))
# Splits a name into words: `ClientSecret`, `client-secret` and `CLIENT_SECRET` become client_secret.
_BETWEEN_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
# Also matches inside a longer word, such as PGPASSWORD.
_NAMES_A_SECRET: Final = re.compile(
    r"secret|token|passw(?:or)?d|passphrase|pwd|(?:private|access|pre_?shared|api|ssh|signing)_?key|key_?material"
    r"|(?:^|_)(?:pw|psk)(?=_|$)|(?<!by)(?<!com)pass$|credentials?$"
)
# Names of properties of a secret (its ARN, its age) that do not reveal it, of pagination tokens, and of the claims of
# an OpenID token, which are conditions for access.
_REVEALS_NOTHING: Final = re.compile(
    r"(?:^|_)(?:(?:next|pagination|continuation)_?token|"
    r"(?:(?:arn|id|name|length|validity|unit|time|date|day|type|policy|policie|version|stage|ur[il]|endpoint|ttl|age"
    r"|count|size|format|status|region|role|description|scope|issuer|source|rotation|manager)s?"
    r"|enabled|required|aud|sub|amr|iss))$"
)
ASSIGNED: Final = "a secret's value"
"""The value after a name that announces a secret."""
# The service: the names of its condition keys start with it.
_SERVICE: Final = "secretsmanager"
# A line without any of these assigns no secret. Searching for them first is several times as fast.
_STEMS: Final = ("pass", "secret", "token", "pw", "key", "psk", "credential", "authorization")
# A name and the `=` or `:` before its value. Several words after a colon are a sentence: `the token: see below`.
_GIVEN: Final = re.compile(
    r"(?i:\b(?P<bearer>authorization)[\"']?(?:=|: *)[\"']?bearer +)"
    r"|(?<![\w.-])(?P<name>[\w.-]{2,100})(?: ?= ?(?!=)|: +(?![A-Z]?[a-z]+(?: +\S|, +\w+[^\w:=])))"
)
# Placeholders instead of a value: a variable, a reference, an omitted or masked value. Booleans, fractions and
# permissions, such as GitHub's `id-token: write`, are no secrets either.
_PLACEHOLDER: Final = (
    r"\$[{(\w]|[{\[<`*|>&]|\(hidden\)|arn:|![A-Z]|%\w+%|%[sdv](?!\w)|\.\.\.|…"
    r"|(?:x{3,}|true|false|null|none|yes|no|read|write|[0-9]?\.[0-9]+)(?=[\s\"'&;,}\])]|$)"
)
_VALUE: Final = re.compile(
    rf"(?![\"']?(?:{_PLACEHOLDER}))"
    r"(?:\"(?P<double>[^\"]{3,})\"|'(?P<single>[^']{3,})'|[\"']?(?P<bare>[^\s\"'&;]{2,}[^\s\"'&;,}\])]))"
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/=_-]{20,}")
# ARNs, e-mail addresses and UUIDs may contain long random parts that are not secret.
_HARMLESS: Final = re.compile(
    r"arn:aws[a-z-]*:[^\s'\",]*"
    r"|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}"
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"
    # The digest of a plan.
    r"|\b[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{16}\b"
    # The path of an account in its organization, as in Account.Paths and aws:PrincipalOrgPaths.
    r"|\bo-[a-z0-9]{10,32}/r-[a-z0-9]{4,32}(?:/ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})*(?:/[0-9]{12})?(?:/|\b)"
)
_HEX: Final = re.compile(
    r"(?=[0-9a-f]*[a-f])(?=[0-9a-f]*[0-9])[0-9a-f]{32,}|(?=[0-9A-F]*[A-F])(?=[0-9A-F]*[0-9])[0-9A-F]{32,}"
)
# The share of characters that differ in sort (lower case, upper case, digit) from the one before. Words, even a dozen
# in CamelCase, have few such changes; random text changes at more than every second character.
_CHANGES_MIN: Final = 0.38
_DIFFERENT_MIN: Final = 10


def leaks(line: str) -> Iterator[Leak]:
    """Every part of a line that looks like a secret, in order, without overlaps."""
    if len(line) < _SHORTEST:
        return
    known = tuple(_known(line)) if _MAYBE_KNOWN.search(line) else ()
    line = _without(line, known)
    lower = line.lower()
    assigned = tuple(_assigned(line)) if any(stem in lower for stem in _STEMS) else ()
    apart = (leak for leak in known if not any(value.start <= leak.start < value.end for value in assigned))
    yield from sorted((*apart, *assigned, *_random(_without(line, assigned))))


def masked(line: str) -> str:
    """The line with every part that looks like a secret replaced by stars."""
    return _without(line, leaks(line))


def names_a_secret(name: str) -> bool:
    """Whether a name announces a secret, such as `DB_PASSWORD` or `clientSecret`."""
    words = _BETWEEN_WORDS.sub("_", name.removeprefix(_SERVICE)).lower()
    return bool(_NAMES_A_SECRET.search(words) and not _REVEALS_NOTHING.search(words))


def covered(line: str, start: int, end: int) -> str:
    """The line with a part replaced by stars of the same length, so that columns after it stay the same."""
    return line[:start] + "*" * (end - start) + line[end:]


def _without(line: str, found: Iterable[Leak]) -> str:
    """The line with these parts, given in order, replaced by stars."""
    parts, end = [], 0
    for leak in found:
        start = max(leak.start, end)
        parts += [line[end:start], "*" * (leak.end - start)]
        end = max(leak.end, end)
    return "".join([*parts, line[end:]])


def _known(line: str) -> Iterator[Leak]:
    for match in _ANY_KNOWN.finditer(line):
        what, _ = _KNOWN[(match.lastindex or 1) - 1]
        yield Leak(match.start(), match.end(), what)


def _assigned(line: str) -> Iterator[Leak]:
    end = 0
    for given in _GIVEN.finditer(line):
        if given.start() < end or not (given["bearer"] or names_a_secret(given["name"])):
            continue
        if value := _VALUE.match(line, given.end()):
            end = value.end()
            yield Leak(*value.span(value.lastgroup or 0), "a bearer token" if given["bearer"] else ASSIGNED)


def _random(line: str) -> Iterator[Leak]:
    if _TOKEN.search(line):
        line = _HARMLESS.sub(lambda match: " " * len(match[0]), line)
    for match in _TOKEN.finditer(line):
        if _HEX.fullmatch(match[0]) or _is_random(match[0]):
            yield Leak(match.start(), match.end(), "a random value")


def _is_random(token: str) -> bool:
    sorts = [_sort(character) for character in token]
    changes = sum(one != other for one, other in pairwise(sorts)) / len(token)
    letters = {"lower", "upper"} & set(sorts)
    return (
        "digit" in sorts
        and bool(letters)
        and changes >= _CHANGES_MIN
        and len(set(token)) >= _DIFFERENT_MIN
        and not _is_made_of_words(token)
    )


def _is_made_of_words(token: str) -> bool:
    """Whether each part between separators is a word or a number, as in `db-2026-11-eu-west-1`."""
    return all(
        re.fullmatch(r"[A-Z]?[a-z]*(?:[A-Z][a-z]+)*[0-9]{0,4}|[A-Z]+|[0-9]+", part)
        for part in re.split(r"[-_/=+]", token)
    )


def _sort(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isalpha():
        return "lower" if character.islower() else "upper"
    return "separator"
