# Sourced by apply.sh: finds the plan that was reviewed. docs/ci.md says why it is to be trusted, and for how long.
# shellcheck shell=sh
# shellcheck disable=SC2016,SC2034,SC2154 # jq's own variables, and those of whoever sources this

# current: refuses a run that is started again after something else was merged, which it would undo with the plan and
# the consents of its time. The first time it may be behind: the next merge may have come meanwhile.
current() {
    [ "${GITHUB_RUN_ATTEMPT:-1}" -gt 1 ] || return 0
    api GET "git/ref/heads/$GITHUB_REF_NAME" "$work/head.json"
    head=$(jq -r .object.sha "$work/head.json")
    [ "$head" = "$GITHUB_SHA" ] || refuse \
        "this run is of $GITHUB_SHA, and $GITHUB_REF_NAME is at $head by now: to run it again would undo what came since" \
        'Start the workflow by hand: it plans what is there now (docs/ci.md).'
}

# reviewed: the plan of the last run for what was merged as this commit, into $reviewed; its pull request into
# $PULL_REQUEST. Refuses if there is none.
reviewed() {
    again='have the plan of now reviewed, and give its digest: `expect` (docs/ci.md)'
    api GET "commits/$GITHUB_SHA/pulls" "$work/pulls.json"
    jq --arg sha "$GITHUB_SHA" --arg base "$GITHUB_REF_NAME" \
        'map(select(.merged_at and .merge_commit_sha == $sha and .base.ref == $base))[0] // empty' \
        "$work/pulls.json" > "$work/pull.json"
    [ -s "$work/pull.json" ] || refuse "no pull request was merged as $GITHUB_SHA, so that no plan was reviewed" "$again"
    PULL_REQUEST=$(jq -r .number "$work/pull.json")
    HEAD_SHA=$(jq -r .head.sha "$work/pull.json")

    # Runs of a pull request carry the commit that was pushed, so that a push after the review has a run of its own.
    workflow=${GITHUB_WORKFLOW_REF#"$GITHUB_REPOSITORY/"}
    api GET "actions/runs?event=pull_request&head_sha=$HEAD_SHA&per_page=100" "$work/runs.json"
    jq --arg path "${workflow%%@*}" --arg repository "$GITHUB_REPOSITORY" --slurpfile pull "$work/pull.json" \
        '[.workflow_runs[] | select(.path == $path and .event == "pull_request" and .head_sha == $pull[0].head.sha
            and .head_branch == $pull[0].head.ref and .head_repository.full_name == $repository)]
         | max_by(.run_number) // empty' "$work/runs.json" > "$work/run.json"
    [ -s "$work/run.json" ] || refuse \
        "no run has planned $HEAD_SHA of pull request $PULL_REQUEST (one of a fork never does)" "$again"
    run=$(jq -r .id "$work/run.json")
    of_this_base

    name=$(jq -rn --arg name "$ORG_NAME-plan" '$name | @uri')
    api GET "actions/runs/$run/artifacts?per_page=100&name=$name" "$work/artifacts.json"
    artifact=$(jq -r --arg name "$ORG_NAME-plan" \
        '[.artifacts[] | select(.name == $name and (.expired | not))] | max_by(.id).id // empty' "$work/artifacts.json")
    [ -n "$artifact" ] || refuse "run $run has no plan, or has it no more" "$again"
    api GET "actions/artifacts/$artifact/zip" "$work/reviewed.zip"
    rm -rf "$work/reviewed"
    python3 -I -m zipfile -e "$work/reviewed.zip" "$work/reviewed"
    reviewed=$work/reviewed/plan.json
}

# of_this_base: refuses a run that may have merged the head into another base, and so had a workflow of that one. No field
# of the run tells: `pull_requests` is empty once they are merged (https://github.com/github/docs/issues/22501).
of_this_base() {
    ref=$(jq -r '.head.ref | @uri' "$work/pull.json")
    pages "pulls?state=all&head=${GITHUB_REPOSITORY%%/*}:$ref&" "$work/pulls.json"
    others=$(jq -r --slurpfile pull "$work/pull.json" \
        'map(select(.number != $pull[0].number and .head.sha == $pull[0].head.sha).number | tostring) | join(", ")' \
        "$work/pulls.json")
    [ -z "$others" ] || refuse \
        "run $run may be of another pull request with the head $HEAD_SHA, which may have another base: $others" "$again"

    # A run is made some time after the push that it is of, and with the base of that moment.
    pages "issues/$PULL_REQUEST/timeline?" "$work/timeline.json"
    changed=$(jq -r --slurpfile run "$work/run.json" '(($run[0].created_at | fromdate) - 600) as $pushed
        | map(select(.event == "base_ref_changed" or .event == "automatic_base_change_succeeded").created_at
            | select(fromdate >= $pushed)) | join(", ")' "$work/timeline.json")
    [ -z "$changed" ] || refuse \
        "run $run may be of another base: that of pull request $PULL_REQUEST was changed at $changed" "$again"
}

# pages PATH ANSWER: a list with all its pages. The last is the empty one, since others may hold fewer than asked for, too.
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
