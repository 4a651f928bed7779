"""An e-mail is hidden whatever it is made of, and put back where it is known."""

from __future__ import annotations

import pytest

from bootstrap.secrecy.redact import find_emails, redact_emails, restore_emails

ACCOUNT = "111122223333"


@pytest.mark.parametrize(
    "email",
    ["aws+alice@example.com", "team!@example.com", "{ops}#prod@example.com", "a~/b@x.org", "jürgen@münchen.example"],
)
def test_what_aws_takes_for_an_e_mail_is_hidden_whole(email: str) -> None:
    found = {"Address": email, "trust": f"arn:aws:sts::{ACCOUNT}:{email}", "said": f'write to "{email}", <{email}>.'}
    hidden = redact_emails(found, ACCOUNT)
    assert email.partition("@")[0] not in str(hidden)
    assert email.partition("@")[2] not in str(hidden)
    assert restore_emails(hidden, ACCOUNT, [email]) == found


def test_an_e_mail_in_a_key_is_hidden_and_put_back() -> None:
    found = {"contact:jane.doe@example.org": {"x": "y"}}
    hidden = redact_emails(found, ACCOUNT)
    assert "jane" not in str(hidden)
    assert find_emails(found) == {"jane.doe@example.org"}
    assert restore_emails(hidden, ACCOUNT, ["jane.doe@example.org"]) == found


def test_what_is_no_e_mail_stays() -> None:
    found = {"a": "no@host", "b": "@example.com", "c": "sts:AssumeRole", "d": ["arn:aws:iam::*:role/x"]}
    assert redact_emails(found, ACCOUNT) == found


@pytest.mark.parametrize(
    "text", [r'{"mail": "jane\u0040example.org"}', 'Resources: {A: {mail: "jane\\x40example.org"}} # joe@x.org']
)
def test_an_e_mail_that_is_escaped_in_a_document_is_redacted_and_restored(text: str) -> None:
    redacted = redact_emails(text, ACCOUNT)
    assert not any(name in str(redacted) for name in ("jane", "joe"))
    assert "jane@example.org" in str(restore_emails(redacted, ACCOUNT, ["jane@example.org"]))
