# Sourced by the other scripts: functions of a step in a GitHub workflow. Scripts take all values as variables, none by
# `${{ }}`, which would turn text of a pull request into shell.
# shellcheck shell=sh
set -euf

# Each use of the action in a job has its own name.
work=$RUNNER_TEMP/org-bootstrap/$ORG_NAME
mkdir -p "$work"

# api METHOD PATH ANSWER [BODY]: one call to GitHub's API, its answer in a file. The token goes through stdin: arguments
# are visible to every process of the machine. Only GET is retried: a POST that failed may have made its comment. curl
# writes each try to the file anew; to a pipe it would append them.
api() {
    method=$1 path=$2 answer=$3 body=${4-}
    set --
    [ "$method" != GET ] || set -- "$@" --retry 3
    [ -z "$body" ] || set -- "$@" --data-binary "@$body"
    printf 'Authorization: Bearer %s\n' "$GITHUB_TOKEN" |
        curl --silent --show-error --fail-with-body --location --max-time 60 --request "$method" "$@" \
            --output "$answer" --header @- --header 'Accept: application/vnd.github+json' \
            --header 'X-GitHub-Api-Version: 2022-11-28' "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/$path" || return 1
}

# comment NUMBER KIND FILE: create or update the one comment of this kind on a pull request. A failure is a warning: it
# does not fail the step.
comment() {
    commented "$@" || echo "::warning title=Comment failed::pull request $1 has no comment about this run; see the log"
}

# commented NUMBER KIND FILE: the comment is found by the mark at its start, among comments of bots: a person may quote
# the mark.
commented() {
    mark="<!-- $ORG_NAME: $2 -->" page=1 ours=
    while :; do
        api GET "issues/$1/comments?per_page=100&page=$page" "$work/comments.json" || return 1
        # shellcheck disable=SC2016 # $mark is jq's
        ours=$(jq -r --arg mark "$mark" \
            'map(select(.user.type == "Bot" and (.body | startswith($mark))))[0].id // empty' "$work/comments.json") || return 1
        if [ -n "$ours" ] || [ "$(jq length "$work/comments.json")" -lt 100 ]; then break; fi
        page=$((page + 1))
    done
    { printf '%s\n' "$mark"; cat "$3"; } | jq -Rs '{body: .}' > "$work/comment.json"
    if [ -n "$ours" ]; then
        api PATCH "issues/comments/$ours" "$work/answer.json" "$work/comment.json"
    else
        api POST "issues/$1/comments" "$work/answer.json" "$work/comment.json"
    fi
}

# approvals: the tokens as options, one per line.
approvals() {
    for token in $ORG_APPROVE; do printf -- '--approve\n%s\n' "$token"; done
}

# publish REPORT: add the report to the page of the run, with its commit and run.
publish() {
    printf '\nCommit %s, [workflow run](%s/%s/actions/runs/%s).\n' \
        "${HEAD_SHA:-$GITHUB_SHA}" "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID" >> "$1"
    cat "$1" >> "$GITHUB_STEP_SUMMARY"
}

# stop_commands, resume_commands: between them the runner ignores commands on stdout, since the log may contain text of
# the organization. The word that ends this is random, so that no text can contain it.
stop_commands() {
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$word"
}
resume_commands() { echo "::$word::"; }

# show_log FILE: the whole log with commands stopped, then its annotations as commands. The runner takes a line as a
# command if it begins with `::`, also after a carriage return, or else contains `##[`, also with zero-width characters
# in it, because it compares by culture (ActionCommand.cs of actions/runner). Lines with `##[` are left out.
show_log() {
    stop_commands
    cat "$1"
    resume_commands
    tr '\r' '\n' < "$1" | LC_ALL=C sed -n -e '/#[^ -~]*#[^ -~]*\[/d' -e '/^::error /p' -e '/^::warning /p'
}

# output NAME VALUE: sets it for the later steps of the job.
output() {
    printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"
}

# block REASON HINT: end with exit code 3 and an annotation.
block() {
    output exit-code 3
    printf '::error title=Blocked::%s%%0A%s\n' "$1" "$2"
    exit 3
}
