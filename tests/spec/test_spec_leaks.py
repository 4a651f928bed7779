"""What is taken for a secret, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.errors import Problem
from bootstrap.spec.leaks import leaks, masked
from bootstrap.spec.places import Place
from bootstrap.spec.source import Source

# Split, so that the scanners which guard repositories leave this file alone.
SECRETS = {
    "AKIA" + "IOSFODNN7EXAMPLE": "an AWS access key id",
    "ASIA" + "IOSFODNN7EXAMPLE": "an AWS access key id",
    "-----BEGIN " + "PRIVATE KEY-----": "a private key",
    "-----BEGIN " + "OPENSSH PRIVATE KEY-----": "a private key",
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N": "a JSON web token",
    "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a": "a GitHub token",
    "github_pat_" + "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz": "a GitHub token",
    "glpat-" + "abcdefghij1234567890": "a GitLab token",
    "xoxb-" + "123456789012-abcdefghijkl": "a Slack token",
    "https://hooks.slack.com/" + "services/T00000000/B00000000/XXXXXXXX": "a Slack webhook",
    "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc": "a Stripe key",
    "whsec_" + "abcdefghijklmnop": "a Stripe key",
    "sk-" + "proj-abcdefghijklmnopqrstuvwx": "an API key",
    "AIza" + "SyA1234567890abcdefghijklmnopqrstuv": "a Google API key",
    "npm_" + "abcdefghijklmnopqrstuvwxyz0123456789": "an npm token",
    "pypi-" + "AgEIcHlwaS5vcmcCJGFiY2Rl": "a PyPI token",
    "postgres://orders:hunter2" + "@db.example.com/orders": "a URL with a password",
    "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY": "a random value",
    "9b74c9897bac770f" + "fc029102a200c5de": "a random value",
    "kX9vQ2mZ7pL4" + "wR8tB3nJ6hF1": "a random value",
    "u7Gq-2Lx9_Vb4Rt" + "8Kp1Zs6Yw3Nc": "a random value",
}
HARMLESS = [
    "description: The database that holds the orders of the shop and of its warehouse.",
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders/database-AbCdEf",
    "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "aws+orders-production-2026-eu-west-1@example.com",
    "orders/session-signing-for-the-production-environment",
    "eu-west-1-orders-production-database-replica-2",
    "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html",
    "postgres://db.example.com:5432/orders",
    "AWSServiceRoleForAmazonElasticKubernetesService2",
    "OrganizationAccountAccessRole",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws:iam::111122223333:role/kX9vQ2mZ7pL4wR8tB3nJ6hF1",
    "kX9vQ2mZ7pL4wR8tB3nJ6hF1@bounces.example.com",
    "111122223333",
    "0123456789012345678901234567890123456789",
    "SCREAMING_SNAKE_CASE_NAME_OF_A_VARIABLE_2",
    "aHyphenatedCamelCaseName-withManyWordsInIt-2026",
    "# --------------------------------------------------",
    "# ==================================================",
    'exclude_characters: "\\"@/\\\\\'`"',
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
]


@pytest.mark.parametrize(("secret", "what"), SECRETS.items())
def test_a_secret_is_found_wherever_it_stands(secret: str, what: str) -> None:
    for line in (secret, f"  value: {secret}", f'value: "{secret}", other: word', f"# it was {secret} once"):
        (leak,) = leaks(line)
        assert leak.what == what
        assert line[leak.start : leak.end].startswith(secret[:8])
        assert secret not in masked(line)
        assert len(masked(line)) == len(line)


@pytest.mark.parametrize("line", HARMLESS)
def test_words_names_and_addresses_are_no_secrets(line: str) -> None:
    assert list(leaks(line)) == []


@given(text=st.text(max_size=30), secret=st.sampled_from(sorted(SECRETS)), column=st.integers(1, 60))
def test_a_problem_never_repeats_a_secret(text: str, secret: str, column: int) -> None:
    source = Source("x.yaml", f"{text} {secret} {text}")
    problem = source.problem(Place(1, column, 1, column), f"`{secret}` is wrong", f"did you mean `{secret}`?")
    assert isinstance(problem, Problem)
    assert secret not in f"{problem.message} {problem.hint} {problem.source}"
