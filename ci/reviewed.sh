# Sourced by apply.sh: finds the reviewed plan. docs/how-to/ci-github.md says why it can be trusted.
# shellcheck shell=sh
# shellcheck disable=SC2016,SC2034,SC2154 # jq's variables, and those of apply.sh

# current: blocks a re-run of a commit that is no longer the head: its old plan and approvals would revert what was
# merged since. A first run may be behind: the next merge may have come while it waited.
current() {
    [ "${GITHUB_RUN_ATTEMPT:-1}" -gt 1 ] || return 0
    api GET "git/ref/heads/$GITHUB_REF_NAME" "$work/head.json"
    head=$(jq -r .object.sha "$work/head.json")
    [ "$head" = "$GITHUB_SHA" ] || block \
        "this run applies $GITHUB_SHA, but $GITHUB_REF_NAME is at $head: a re-run would revert newer changes" \
        'Start the workflow by hand to plan the current state (docs/how-to/ci-github.md).'
}

# reviewed: sets $reviewed to the plan of the last run for the head that was merged as this commit, and $PULL_REQUEST to
# its pull request. Blocks if there is none.
reviewed() {
    again='plan the current state, and pass the digest of the reviewed plan as `expect` (docs/how-to/ci-github.md)'
    api GET "commits/$GITHUB_SHA/pulls" "$work/pulls.json"
    jq --arg sha "$GITHUB_SHA" --arg base "$GITHUB_REF_NAME" \
        'map(select(.merged_at and .merge_commit_sha == $sha and .base.ref == $base))[0] // empty' \
        "$work/pulls.json" > "$work/pull.json"
    [ -s "$work/pull.json" ] || block "no pull request was merged as $GITHUB_SHA, so no plan was reviewed" "$again"
    PULL_REQUEST=$(jq -r .number "$work/pull.json")
    HEAD_SHA=$(jq -r .head.sha "$work/pull.json")

    # A run on a pull request carries the commit that was pushed: a push after the review has its own run.
    workflow=${GITHUB_WORKFLOW_REF#"$GITHUB_REPOSITORY/"}
    api GET "actions/runs?event=pull_request&head_sha=$HEAD_SHA&per_page=100" "$work/runs.json"
    jq --arg path "${workflow%%@*}" --arg repository "$GITHUB_REPOSITORY" --slurpfile pull "$work/pull.json" \
        '[.workflow_runs[] | select(.path == $path and .event == "pull_request" and .head_sha == $pull[0].head.sha
            and .head_branch == $pull[0].head.ref and .head_repository.full_name == $repository)]
         | max_by(.run_number) // empty' "$work/runs.json" > "$work/run.json"
    [ -s "$work/run.json" ] || block \
        "no run planned $HEAD_SHA of pull request $PULL_REQUEST (forks are not planned)" "$again"
    run=$(jq -r .id "$work/run.json")
    of_this_base

    name=$(jq -rn --arg name "$ORG_NAME-plan" '$name | @uri')
    api GET "actions/runs/$run/artifacts?per_page=100&name=$name" "$work/artifacts.json"
    artifact=$(jq -r --arg name "$ORG_NAME-plan" \
        '[.artifacts[] | select(.name == $name and (.expired | not))] | max_by(.id).id // empty' "$work/artifacts.json")
    [ -n "$artifact" ] || block "run $run has no plan artifact, or it has expired" "$again"
    api GET "actions/artifacts/$artifact/zip" "$work/reviewed.zip"
    rm -rf "$work/reviewed"
    python3 -I -m zipfile -e "$work/reviewed.zip" "$work/reviewed"
    reviewed=$work/reviewed/plan.json
}

# of_this_base: blocks a run that may have merged the head into another base, and so used the workflow of that base. No
# field of a run says which: `pull_requests` is empty after the merge (https://github.com/github/docs/issues/22501).
of_this_base() {
    ref=$(jq -r '.head.ref | @uri' "$work/pull.json")
    pages "pulls?state=all&head=${GITHUB_REPOSITORY%%/*}:$ref&" "$work/pulls.json"
    others=$(jq -r --slurpfile pull "$work/pull.json" \
        'map(select(.number != $pull[0].number and .head.sha == $pull[0].head.sha).number | tostring) | join(", ")' \
        "$work/pulls.json")
    [ -z "$others" ] || block \
        "run $run may belong to another pull request with the same head $HEAD_SHA and another base: $others" "$again"

    # A run is created some time after its push, with the base of that moment.
    pages "issues/$PULL_REQUEST/timeline?" "$work/timeline.json"
    changed=$(jq -r --slurpfile run "$work/run.json" '(($run[0].created_at | fromdate) - 600) as $pushed
        | map(select(.event == "base_ref_changed" or .event == "automatic_base_change_succeeded").created_at
            | select(fromdate >= $pushed)) | join(", ")' "$work/timeline.json")
    [ -z "$changed" ] || block \
        "run $run may have used another base: the base of pull request $PULL_REQUEST changed at $changed" "$again"
}

# pages PATH ANSWER: all pages of a list, up to an empty one: any page may hold fewer items than asked for.
pages() {
    page=0 count=1
    : > "$work/pages.json"
    while [ "$count" != 0 ]; do
        page=$((page + 1))
        api GET "$1per_page=100&page=$page" "$work/page.json"
        count=$(jq length "$work/page.json")
        cat "$work/page.json" >> "$work/pages.json"
    done
    jq -s add "$work/pages.json" > "$2"
}
