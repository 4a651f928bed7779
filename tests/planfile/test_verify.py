"""A reviewed plan binds: the same or less is applied, and whatever is more is refused with what moved."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootstrap import planfile
from bootstrap.engine.plan import Blocker, Inaccessible, make_plan
from bootstrap.engine.review import OrganizationRef, PlanReview
from bootstrap.engine.review import review as review_plan
from bootstrap.model.errors import BlockedError
from bootstrap.model.names import KEY_TAG
from bootstrap.model.resource import Address, Resource
from bootstrap.planfile import describe, fingerprint, fingerprint_of, read, text
from bootstrap.planfile.verify import verify_digest, verify_plan
from tests.engine.toy import Shelf, ToyKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bootstrap.planfile import PlanFile

WHOSE = OrganizationRef("example", "o-a1b2c3d4e5", "111122223333")
Things = dict[str, dict[str, Any]]
BEFORE: Things = {
    "ou": {"tags": {"key": "ou"}, "policies": ["a", "b"]},
    "old": {"tags": {}, "policies": ["x", "y"]},
}
AFTER: Things = {"ou": {"tags": {"key": "ou", "owner": "me"}, "policies": ["b", "c"]}, "new": {"name": "new"}}


def resources(things: Things) -> Mapping[Address, Resource]:
    made = (Resource(Address("toy", name), body) for name, body in things.items())
    return {resource.address: resource for resource in made}


def review(have: Things, want: Things, whose: OrganizationRef = WHOSE) -> PlanReview:
    old, new = resources(have), resources(want)
    return PlanReview(make_plan(new, old), whose, specs=fingerprint_of(new), observed=fingerprint_of(old))


def reviewed(have: Things = BEFORE, want: Things = AFTER) -> PlanFile:
    return read(text(describe(review(have, want))), "plan.json")


def blocker(file: PlanFile, fresh: PlanReview) -> str:
    with pytest.raises(BlockedError) as caught:
        verify_plan(file, fresh)
    return caught.value.message


@pytest.mark.parametrize(
    "have",
    [
        BEFORE,
        AFTER,
        {"ou": BEFORE["ou"]},  # what was to go is gone
        {**BEFORE, "ou": {"tags": {"key": "ou"}, "policies": ["a", "b", "c"]}},  # attached, not yet detached
        {**BEFORE, "ou": {"tags": AFTER["ou"]["tags"], "policies": ["a", "b"]}},
        {**BEFORE, "old": {"tags": {}, "policies": ["y"]}},  # half of it is taken away
        {**BEFORE, "new": {"name": "half made"}},  # by a run that died
    ],
    ids=["the same", "nothing", "gone", "one more", "tagged", "half gone", "half made"],
)
def test_the_same_or_less_is_applied(have: Things) -> None:
    verify_plan(reviewed(), review(have, AFTER))


def test_what_could_not_be_seen_at_the_review_is_not_taken_for_half_made() -> None:
    now = review({**BEFORE, "new": {"name": "somebody's"}}, AFTER)
    before = review(BEFORE, AFTER)
    inaccessible = replace(before.plan, inaccessible=(Inaccessible(Address("toy", "new"), "nobody gets in"),))
    message = blocker(describe(replace(before, plan=inaccessible)), now)
    assert "update toy:new: was create in the plan" in message


@pytest.mark.parametrize(
    ("have", "want", "moved"),
    [
        (BEFORE, {**AFTER, "more": {}}, ["the YAML has changed", "create toy:more: was not in the plan"]),
        (
            {**BEFORE, "other": {}},
            AFTER,
            ["AWS has changed", "delete toy:other: was not in the plan"],
        ),
        (
            BEFORE,
            {**AFTER, "new": {"name": "newer"}},
            ['create toy:new: name: + "newer" was not in the plan'],
        ),
        (
            BEFORE,
            {**AFTER, "ou": {**AFTER["ou"], "policies": ["c"]}},
            ['update toy:ou: policies: - "b" was not in the plan'],
        ),
        (
            {**BEFORE, "ou": {"tags": {"key": "other"}, "policies": ["a", "b"]}},
            AFTER,
            ["AWS has changed", 'update toy:ou: tags.key: "other" -> "ou" was not in the plan'],
        ),
        ({"old": BEFORE["old"]}, AFTER, ["create toy:ou: was update in the plan"]),
        (
            {**BEFORE, "new": {"name": "x"}},
            {**AFTER, "new": {"name": "y"}},
            ["the YAML has changed", 'update toy:new: name: "new" -> "y" was not in the plan'],
        ),
        (
            {**BEFORE, "old": {"tags": {}, "policies": ["x", "z"]}},
            AFTER,
            ['delete toy:old: policies: - "z" was not in the plan'],
        ),
    ],
)
def test_what_is_more_is_refused_and_what_moved_is_named(have: Things, want: Things, moved: list[str]) -> None:
    message = blocker(reviewed(), review(have, want))
    for words in moved:
        assert words in message


def test_what_touches_an_account_that_nobody_has_read_of_is_refused() -> None:
    a, b, elsewhere = "account:a in ou:x", "account:somebody@example.org in ou:x", "account:a in ou:y"
    now = replace(review(BEFORE, AFTER), affected=(a, b))
    file = describe(now)
    assert file.affected == [a, b]
    verify_plan(file, replace(now, affected=(a,)))
    message = blocker(describe(replace(now, affected=(a,))), now)
    assert message == (
        "the plan has changed since its review: AWS has changed\n"
        "  account:somebody@example.org in ou:x: is affected now, and was not when the plan was made"
    )
    assert f"{elsewhere}: is affected now" in blocker(file, replace(now, affected=(elsewhere,)))
    digests = {planfile.digest(replace(now, affected=touched)) for touched in ((), (a,), (b,), (a, b))}
    assert len(digests) == 4


def test_a_thing_that_is_made_otherwise_is_another_thing() -> None:
    less = {**AFTER, "new": {}}
    assert 'create toy:new: name: - "new" was not in the plan' in blocker(reviewed(), review(BEFORE, less))


GUARDED = {"Sid": "Enter", "Effect": "Allow", "Action": "sts:AssumeRole", "Condition": "of this organization"}
OPEN = {key: value for key, value in GUARDED.items() if key != "Condition"}
OTHER = {"Sid": "Other", "Effect": "Allow", "Action": "sts:TagSession"}


@pytest.mark.parametrize(
    ("reviewed_as", "now"),
    [
        ([OTHER, GUARDED], [OTHER, OPEN]),  # fewer fields, and more rights
        ([OTHER, {**GUARDED, "Effect": "Deny"}], [GUARDED]),
        ([GUARDED], [OTHER, GUARDED]),
    ],
)
def test_a_statement_with_less_in_it_than_was_reviewed_is_not_less(reviewed_as: list[Any], now: list[Any]) -> None:
    have, want, other = ({"role": {"Statement": statements}} for statements in ([OTHER], reviewed_as, now))
    verify_plan(reviewed(have, want), review(have, want))
    assert "update toy:role: Statement: " in blocker(reviewed(have, want), review(have, other))


WHOLE = {"statements": {"Other": {"Effect": "Deny"}, "Enter": {"Effect": "Deny", "Action": ["a", "b"]}}}


@pytest.mark.parametrize(
    ("want", "now", "left_out"),
    [
        ({"Enter": GUARDED}, {"Enter": OPEN}, 'statements.Enter.Condition: - "of this organization"'),
        (
            {"Enter": {"Effect": "Deny", "Action": ["a", "c"]}},
            {"Enter": {"Effect": "Deny", "Action": ["a"]}},
            'statements.Enter.Action: - "c"',
        ),
        ({"Enter": None, "New": OTHER}, {"Enter": None}, 'statements.New.Action: - "sts:TagSession"'),
        ({"Enter": None, "New": OTHER}, {"New": OTHER}, 'statements.Enter.Action: + "a"'),
    ],
    ids=["without its condition", "fewer of a list", "gone without what comes", "come without what goes"],
)
def test_half_of_a_document_is_another_document(want: Things, now: Things, left_out: str) -> None:
    """The YAML was edited since: of what was reviewed, less is to be written by the one call."""

    def role(changed: Things) -> Things:
        whole = {**WHOLE["statements"], **changed}
        return {"role": {"statements": {name: body for name, body in whole.items() if body}, "tags": {}}}

    have = {"role": {**WHOLE, "tags": {}}}
    verify_plan(reviewed(have, role(want)), review(have, role(want)))
    message = blocker(reviewed(have, role(want)), review(have, role(now)))
    assert f"update toy:role: {left_out} was not in the plan" in message


def test_the_same_change_of_another_thing_is_another_change() -> None:
    """What has one name in both plans may be another thing by now."""
    have, want = ({"it": {"email": "a@example.com", "state": state}} for state in ("open", "closed"))
    other_have, other = ({"it": {"email": "b@example.com", "state": state}} for state in ("open", "closed"))
    verify_plan(reviewed(have, want), review(have, want))
    message = blocker(reviewed(have, want), review(other_have, other))
    assert 'update toy:it: email: "a@example.com" -> "b@example.com" was not in the plan' in message


def test_a_review_is_of_the_limits_too() -> None:
    """Or an edit of the YAML since, which is in no change, would make others count for the next plan."""
    tight, loose = ({"max_accounts_percent": share, "max_deletes": 10} for share in (30, 100))
    for have in (BEFORE, AFTER):  # whether anything is left to do or not
        seen, now = (replace(review(have, AFTER), safety=safety) for safety in (tight, loose))
        verify_plan(describe(seen), seen)
        assert "safety: max_accounts_percent: 30 -> 100 was not in the plan" in blocker(describe(seen), now)
    seen, now = (replace(review(BEFORE, AFTER), safety=safety) for safety in (tight, loose))
    with pytest.raises(BlockedError):
        verify_digest(planfile.digest(seen), now)


def test_what_somebody_else_has_made_since_is_not_what_was_to_be_made() -> None:
    want = {"it": {"tags": {KEY_TAG: "it"}, "name": "it"}}
    verify_plan(reviewed({}, want), review({"it": {"tags": {KEY_TAG: "it"}, "name": "half"}}, want))
    message = blocker(reviewed({}, want), review({"it": {"tags": {}, "name": "it"}}, want))
    assert "update toy:it: was create in the plan" in message


def test_only_the_first_ten_are_named_and_the_others_counted() -> None:
    message = blocker(reviewed(), review(BEFORE, {**AFTER, **{f"more{number:02}": {} for number in range(14)}}))
    assert "more09" in message
    assert "more10" not in message
    assert message.endswith("… and 4 more")


@pytest.mark.parametrize(
    ("whose", "words"),
    [
        (replace(WHOSE, name="other"), "for the organization example, and the YAML says other"),
        (replace(WHOSE, id="o-other"), "for o-a1b2c3d4e5, and this is o-other"),
        (replace(WHOSE, id=""), "for o-a1b2c3d4e5, and this is no organization yet"),
        (replace(WHOSE, account="444455556666"), "for the account 111122223333, and this is 444455556666"),
    ],
)
def test_a_plan_is_for_one_organization(whose: OrganizationRef, words: str) -> None:
    assert words in blocker(reviewed(), review(BEFORE, AFTER, whose))


def test_a_plan_made_before_there_was_an_organization_goes_on_once_there_is() -> None:
    file = describe(review(BEFORE, AFTER, replace(WHOSE, id="")))
    verify_plan(file, review(BEFORE, AFTER))


NAMES = ["one", "two", "three"]
texts = st.lists(st.sampled_from("abc"), unique=True)
statements = st.lists(
    st.dictionaries(st.sampled_from(["Sid", "Action", "Condition"]), st.sampled_from("ab"), min_size=1),
    min_size=1,
    max_size=3,
)
fields = st.one_of(st.integers(0, 2), texts, statements, st.dictionaries(st.sampled_from("kl"), st.just(1)))
bodies = st.dictionaries(st.sampled_from("pqr"), fields, max_size=3)
worlds = st.dictionaries(st.sampled_from(NAMES), bodies, max_size=3)


@given(have=worlds, want=worlds, done=st.sets(st.sampled_from(NAMES)))
def test_whatever_was_done_of_a_plan_the_rest_of_it_is_bound(have: Things, want: Things, done: set[str]) -> None:
    file = reviewed(have, want)
    here = {name: (want if name in done else have).get(name) for name in have.keys() | want.keys()}
    verify_plan(file, review({name: body for name, body in here.items() if body is not None}, want))


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@given(have=worlds, want=worlds, other=worlds)
def test_what_a_plan_leaves_alone_is_left_alone_by_the_apply(have: Things, want: Things, other: Things) -> None:
    """If `verify_plan` says nothing, then everything ends as the reviewed plan said or as it is."""
    file = reviewed(have, want)
    fresh = review(have, other)
    try:
        verify_plan(file, fresh)
    except BlockedError:
        return
    after = {entry.address: entry.after for entry in file.changes}
    for change in fresh.plan.changes:
        body = json.loads(json.dumps(change.after.body)) if change.after else None
        entry = after[str(change.address)]
        assert (body is None) == (entry is None)
        for field in (body or {}) if change.before else {}:
            assert body is not None
            assert change.before is not None
            # Half of a statement may allow more than all of it, so a list of them comes whole or not at all.
            if isinstance(body[field], int) or any(isinstance(item, dict) for item in as_list(body[field])):
                assert body[field] in [(entry or {}).get(field), change.before.body.get(field)]


def test_a_file_says_what_the_next_plan_may_do_that_this_one_may_not() -> None:
    loose = replace(review(BEFORE, AFTER), raised=("max_accounts_percent 30 -> 100",))
    file = text(describe(loose))
    assert read(file, "plan.json").raised == ["max_accounts_percent 30 -> 100"]
    with pytest.raises(BlockedError, match="was edited"):
        read(file.replace("30 -> 100", "30 -> 31"), "plan.json")


def test_the_same_plan_gives_the_same_bytes() -> None:
    one = text(describe(review(BEFORE, AFTER)))
    other = text(describe(review(dict(reversed(BEFORE.items())), dict(reversed(AFTER.items())))))
    assert one == other
    assert read(one, "plan.json") == describe(review(BEFORE, AFTER))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"name": "new"', '"name": "evil"', "was edited"),
        ('"format": 2', '"format": 3', "not a plan of this version: format"),
        ('"format": 2,', "", "not a plan of this version: format: Field required"),
        ('"action": "create"', '"action": "explode"', "not a plan of this version: changes."),
        ("{", "[", "not a plan of this version: the file: Invalid JSON"),
        # A plan may be a stranger's, and what is printed of it be read by a runner of CI.
        (
            '"targets"',
            '"x\\n::error file=a::pwned": 1, "targets"',
            r"not a plan of this version: x\\n::error file=a::pwned: Extra",
        ),
    ],
)
def test_a_file_that_is_no_plan_or_was_edited_is_refused(old: str, new: str, words: str) -> None:
    content = text(describe(review(BEFORE, AFTER)))
    assert old in content
    with pytest.raises(BlockedError, match=words) as caught:
        read(content.replace(old, new, 1), "plan.json")
    assert caught.value.message.startswith("plan.json ")
    assert "--out" in caught.value.hint


def resealed(**changed: object) -> PlanFile:
    """A plan that somebody edited, and sealed anew: the seal is a checksum and no signature."""
    told = {**json.loads(text(describe(review(BEFORE, AFTER)))), **changed}
    seal = fingerprint({key: value for key, value in told.items() if key != "seal"})
    return read(text(planfile.PlanFile.model_validate({**told, "seal": seal})), "plan.json")


def test_what_a_forged_plan_says_makes_no_line_of_its_own() -> None:
    forged = "\n::error::pwned"
    with pytest.raises(BlockedError, match=r"made by version \\n::error::pwned"):
        resealed(tool=forged)
    whose = {"name": WHOSE.name, "id": WHOSE.id, "account": WHOSE.account}
    fresh = review(BEFORE, AFTER)
    files = [*(resealed(organization={**whose, field: forged}) for field in whose), resealed(targets=[forged])]
    assert [one for one in (blocker(file, fresh) for file in files) if forged in one] == []
    entry = fresh.plan.changes[0]
    changes = describe(fresh).model_dump(mode="json")["changes"]
    assert entry.address == Address.parse(changes[0]["address"])
    changes[0]["after"] = {**changes[0]["after"], f"field{forged}": 1}
    assert forged not in blocker(resealed(changes=changes), fresh)


def test_a_plan_from_a_redacted_snapshot_binds_nothing() -> None:
    redacted = replace(review(BEFORE, AFTER), binds=False)
    assert planfile.digest(redacted) == planfile.command_to_apply(redacted) == ""
    file = read(text(describe(redacted)), "plan.json")
    assert "made from a redacted snapshot" in blocker(file, review(BEFORE, AFTER))


LONG = {"Type": "AWS::IAM::Role", "Properties": {"Description": "long " * 50}}


def test_a_long_value_that_many_changes_have_is_written_once_and_read_back() -> None:
    want = {f"r{number}": {"resources": {"Role": LONG, "Own": {"Name": number}}} for number in range(3)}
    content = text(describe(review({}, want)))
    assert content.count("AWS::IAM::Role") == 1
    assert [change.after for change in read(content, "plan.json").changes] == list(want.values())
    verify_plan(read(content, "plan.json"), review({}, want))


def test_a_value_that_reads_like_a_reference_to_a_shared_one_is_none() -> None:
    posing = {"r0": {"resources": {"Role": {"$shared": "1"}}}, "r1": {"resources": {"Role": LONG, "Again": LONG}}}
    file = read(text(describe(review({}, posing))), "plan.json")
    assert [change.after for change in file.changes] == list(posing.values())


def test_two_names_that_look_the_same_once_masked_are_ambiguous() -> None:
    made = review({}, {"it": {}})
    twice = replace(made, plan=replace(made.plan, changes=made.plan.changes * 2))
    assert "toy:it: several resources have this name once secrets are masked" in blocker(describe(made), twice)


def test_a_snapshot_is_no_plan() -> None:
    with pytest.raises(BlockedError, match=r"^other.json is a snapshot, not a plan$"):
        read('{\n  "format": 2,\n  "tool": "0.1.0",\n  "taken": "2026', "other.json")


def test_a_file_that_reads_otherwise_than_it_was_written_is_refused() -> None:
    content = text(describe(review(BEFORE, AFTER)))
    assert read(content.replace("\n", "\r\n"), "plan.json") == read(content.encode(), "plan.json")
    twice = content.replace('  "changes": [', '  "changes": [],\n  "changes": [', 1)
    for edited in (twice, content + "\n", content.replace("    ", "  ")):
        assert edited != content
        with pytest.raises(BlockedError, match="its text differs from what was written"):
            read(edited, "plan.json")


def test_a_plan_of_another_version_of_the_tool_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = text(describe(review(BEFORE, AFTER)))
    monkeypatch.setattr("bootstrap.planfile.artifact.__version__", "99.0.0")
    with pytest.raises(BlockedError, match=r"made by version 0\.1\.0, and this is 99\.0\.0"):
        read(content, "plan.json")


def test_a_digest_binds_to_the_same_changes_or_none() -> None:
    digest = planfile.digest(review(BEFORE, AFTER))
    verify_digest(digest, review(BEFORE, AFTER))
    verify_digest(digest, review(AFTER, AFTER))
    with pytest.raises(BlockedError, match="the YAML has changed") as caught:
        verify_digest(digest, review(BEFORE, {**AFTER, "more": {}}))
    assert planfile.digest(review(BEFORE, {**AFTER, "more": {}})) in caught.value.message
    with pytest.raises(BlockedError, match="AWS has changed"):
        verify_digest(digest, review({**BEFORE, "ou": {}}, AFTER))
    with pytest.raises(BlockedError, match="nothing is left to do, but the digest is of a plan for another YAML"):
        verify_digest(digest, review(BEFORE, BEFORE))
    for wrong in ("", "abc", digest + "0", digest.replace("-", ""), digest.upper(), "z" * 32 + digest[32:]):
        with pytest.raises(BlockedError, match="is not the digest"):
            verify_digest(wrong, review(BEFORE, AFTER))
        with pytest.raises(BlockedError, match="is not the digest"):
            verify_digest(wrong, review(AFTER, AFTER))


@pytest.mark.parametrize(
    "whose", [replace(WHOSE, name="other"), replace(WHOSE, id="o-other00000"), replace(WHOSE, account="444455556666")]
)
def test_a_digest_is_of_one_organization(whose: OrganizationRef) -> None:
    digest = planfile.digest(review(BEFORE, AFTER))
    with pytest.raises(BlockedError, match="is not the plan of that digest"):
        verify_digest(digest, review(BEFORE, AFTER, whose))


def test_a_plan_with_consents_is_applied_with_them_and_one_that_is_refused_with_no_command() -> None:
    made = review(BEFORE, AFTER)
    blocker = Blocker(Address("toy", "ou"), "it is the root", token="root:it")
    narrowed = replace(made, approved=(blocker,), targets=("ou:A",))
    command = f" --expect {planfile.digest(narrowed)} --target ou:A --approve root:it"
    assert planfile.command_to_apply(narrowed).endswith(command)
    assert planfile.command_to_apply(replace(made, blockers=(blocker,))) == ""


def test_a_digest_of_one_part_of_the_yaml_is_for_no_other() -> None:
    narrowed = replace(review(BEFORE, AFTER), targets=("ou:A",))
    done = review(AFTER, AFTER)
    verify_digest(planfile.digest(narrowed), replace(done, targets=("ou:A",)))
    for only in ((), ("ou:B",)):
        with pytest.raises(BlockedError, match="or other targets"):
            verify_digest(planfile.digest(narrowed), replace(done, targets=only, left_out=2))


def moving(have: Things, want: Things, *, waits: bool = True) -> PlanReview:
    """A guardrail that goes from above once it is below."""
    (above, below), (old, new) = (Address("toy", name) for name in ("above", "below")), map(resources, (have, want))
    plan = make_plan(new, old)
    waiting = {change.address: frozenset[Address]() for change in plan.changes}
    if waits and above in waiting and below in waiting:
        waiting[above] = frozenset({below})
    prints = {"specs": fingerprint_of(new), "observed": fingerprint_of(old)}
    return PlanReview(replace(plan, waits=waiting), WHOSE, have=old, **prints)


def test_what_waited_for_something_is_not_done_without_it() -> None:
    have: Things = {"above": {"on": True}, "below": {"on": False}, "other": {"on": False}}
    want: Things = {"above": {"on": False}, "below": {"on": True}, "other": {"on": True}}
    file = read(text(describe(moving(have, want))), "plan.json")
    verify_plan(file, moving({**have, "below": {"on": True}}, want))
    verify_plan(file, moving(have, {**want, "other": have["other"]}))
    verify_plan(file, moving(have, {**want, "above": have["above"]}))
    dropped = blocker(file, moving(have, {**want, "below": have["below"]}))
    assert dropped.endswith("update toy:above: was to wait for toy:below, which is no longer planned")
    gone = blocker(file, moving({name: have[name] for name in ("above", "other")}, {"above": want["above"]}))
    assert "update toy:above: was to wait for toy:below" in gone
    unbound = read(text(describe(moving(have, want, waits=False))), "plan.json")
    verify_plan(unbound, moving(have, {**want, "below": have["below"]}))


def test_a_word_covers_no_more_than_what_it_was_given_for() -> None:
    made = review(BEFORE, AFTER)
    word = Blocker(Address("toy", "ou"), "it leaves", token="leave:it", loses=("a", "b"))
    file = read(text(describe(replace(made, approved=(word,)))), "plan.json")
    for loses in ((), ("a",), ("b", "a")):
        verify_plan(file, replace(made, approved=(replace(word, loses=loses),)))
    more = replace(made, approved=(replace(word, loses=("a", "c")),))
    assert blocker(file, more).endswith("leave:it: this approval did not cover c")
    assert planfile.digest(more) != planfile.digest(replace(made, approved=(word,)))
    # One that is given only now is for what is lost now.
    verify_plan(file, replace(made, approved=(word, replace(word, token="leave:other", loses=("z",)))))


def test_nothing_consents_to_what_has_no_token() -> None:
    stands = Blocker(Address("toy", "ou"), "it cannot be")
    made = review_plan(review(BEFORE, AFTER).plan, WHOSE, [stands], {"toy": ToyKind(Shelf())}, {"", "root:it"})
    assert (made.blockers, made.approved) == ((stands,), ())


def test_what_aws_gives_only_during_the_apply_is_marked() -> None:
    account = Address("account", "tooling")
    body = {"statements": [{"Principal": {"AWS": "${account:tooling}", "a/b": "arn:${account:there}:x"}}]}
    want = {
        account: Resource(account, {"email": "aws@example.com"}),
        Address("policy", "p"): Resource(Address("policy", "p"), body, frozenset({account})),
    }
    file = describe(PlanReview(make_plan(want, {}), WHOSE, specs=fingerprint_of(want), observed=fingerprint_of({})))
    unknown = {change.address: change.unknown for change in file.changes}
    assert unknown == {"account:tooling": {}, "policy:p": {"/statements/0/Principal/AWS": ["account:tooling"]}}
    assert file.changes[1].waits == ["account:tooling"]


def test_refusals_and_consents_are_in_the_file() -> None:
    made = replace(
        review(BEFORE, AFTER),
        blockers=(Blocker(Address("toy", "old"), "it is needed", "keep it", "drop:old"),),
        approved=(Blocker(Address("toy", "new"), "it is new", token="make:new"),),
    )
    file = describe(made)
    assert [(blocker.address, blocker.token) for blocker in file.blocked] == [("toy:old", "drop:old")]
    assert [blocker.token for blocker in file.approved] == ["make:new"]
