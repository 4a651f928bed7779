"""The text that is taken for a secret, and the text that is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap.model.errors import Problem
from bootstrap.secrecy.patterns import leaks, masked
from bootstrap.spec.source_file import Place, SourceFile
from tests.conftest import REPOSITORY

# Split, so that secret scanners do not report this file.
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
SHOWN = ("account_specs", "scps", "secrets_layout", "docs")
# Lines that assign this value to a name.
VALUE = "hunter2Prod"
ASSIGNED = [
    *(f"https://api.example.com/?user=u&password={VALUE}", f"https://api.example.com/?api_key={VALUE}&page=2"),
    *(f"export DB_PASSWORD={VALUE}", f"PGPASSWORD='{VALUE}' psql", f'client_secret = "{VALUE}"', f"pw={VALUE}"),
    *(f"Server=db;User Id=sa;Password={VALUE};Pooling=true;", f"mysql --password={VALUE} -u x", f"a=--token={VALUE}"),
    *(f"password: {VALUE}", f"{{Password: {VALUE}, user: u}}", f"# the password: {VALUE}", f"x: 'pwd: {VALUE}'"),
    *(f"Authorization: Bearer {VALUE}", f'-H "authorization: bearer {VALUE}" -X', f"password=${{A}} token={VALUE}"),
]
NOT_ASSIGNED = [
    *("password=${DB_PASSWORD}", "TOKEN=$TOKEN", "TOKEN=$(cat token)", "password=<password>", "Password=%PASSWORD%"),
    *("password={{resolve:secretsmanager:orders/database}}", "secret=arn:aws:secretsmanager:eu-west-1:1:secret:x"),
    *("password: !Ref Password", "password=********", "secret=(hidden)", "password: ...", "token=xxx", "token=null"),
    *("Authorization: Bearer ${TOKEN}", "Authorization: Bearer <token>", "id-token: write", "keys: [password, token]"),
    *(
        "PasswordLength=32",
        "token_type=JWT",
        "SecretArn=orders",
        "bypass=everything",
        "monkey=business",
        "key: password",
    ),
    *(
        "The token: see the page of the provider",
        "has to pass: ruff, mypy, the layers",
        "if token == None",
        "secret: {a: b}",
    ),
    *("secretsmanager: GetSecretValue", "expired_token = 0.002", "persist-credentials: false}"),
]


@pytest.mark.parametrize("line", ASSIGNED)
def test_the_value_after_the_name_of_a_secret_is_masked(line: str) -> None:
    (leak,) = leaks(line)
    assert line[leak.start : leak.end] == VALUE
    assert masked(line) == line.replace(VALUE, "*" * len(VALUE))
    assert masked(masked(line)) == masked(line)


@pytest.mark.parametrize("line", NOT_ASSIGNED)
def test_a_placeholder_or_a_property_of_a_secret_is_not_masked(line: str) -> None:
    assert list(leaks(line)) == []


def test_a_secret_inside_the_value_of_another_is_found_once() -> None:
    (leak,) = leaks("password=a-" + "AKIA" + "IOSFODNN7EXAMPLE")
    assert leak == (9, 31, "a secret's value")


def test_a_quoted_value_is_masked_to_its_end() -> None:
    assert masked("PASSWORD='hunter 2; x' y") == "PASSWORD='***********' y"


@pytest.mark.parametrize("part", ["a=", "pw=", "pw='", 'pw="a', "pw=}", "token: a, ", "pw-", "Authorization: Bearer "])
def test_a_long_line_is_searched_quickly(part: str) -> None:
    start = time.process_time()
    masked(part * 20_000)
    assert time.process_time() - start < 2


def test_no_file_of_the_repository_looks_like_it_has_a_secret() -> None:
    """Otherwise a file like these would be rejected."""
    files = [
        path for name in SHOWN for path in sorted((REPOSITORY / name).rglob("*")) if path.suffix in {".md", ".yaml"}
    ]
    assert files
    for path in files:
        for line in path.read_text("utf-8").splitlines():
            assert list(leaks(line)) == [], path


@pytest.mark.parametrize(("secret", "what"), SECRETS.items())
def test_a_secret_is_found_anywhere_in_a_line(secret: str, what: str) -> None:
    for line in (secret, f"  value: {secret}", f'value: "{secret}", other: word', f"# it was {secret} once"):
        (leak,) = leaks(line)
        assert leak.what == what
        assert line[leak.start : leak.end].startswith(secret[:8])
        assert secret not in masked(line)
        assert len(masked(line)) == len(line)


@pytest.mark.parametrize("line", HARMLESS)
def test_words_names_and_addresses_are_not_secrets(line: str) -> None:
    assert list(leaks(line)) == []


@given(text=st.text(max_size=30), secret=st.sampled_from(sorted(SECRETS)), column=st.integers(1, 60))
def test_a_problem_never_shows_a_secret(text: str, secret: str, column: int) -> None:
    source = SourceFile("x.yaml", f"{text} {secret} {text}")
    problem = source.problem(Place(1, column, 1, column), f"`{secret}` is wrong", f"did you mean `{secret}`?")
    assert isinstance(problem, Problem)
    assert secret not in f"{problem.message} {problem.hint} {problem.source}"
