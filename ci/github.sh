# Sourced by the others: what a step of a GitHub workflow shares with all steps. No script here is given a value
# by `${{ }}`, which would make text of a pull request into shell: all values come as variables.
# shellcheck shell=sh
set -euf

# Two uses of the action in one job have a name each.
work=$RUNNER_TEMP/org-bootstrap/$ORG_NAME
mkdir -p "$work"

# api METHOD PATH ANSWER [BODY]: the answer's body into a file; fails as the call does. The token is in no argument,
# which every process of the machine could read. Only what reads is tried again: a comment may have been made all the
# same. The file holds the last answer alone, where a pipe would have those that failed before it, too.
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

# comment NUMBER KIND FILE: one comment on a pull request, made once and updated from then on. That there is none is
# told, and changes nothing of how the step ends: an apply that worked has worked.
comment() {
    commented "$@" || echo "::warning title=No comment::the log says why pull request $1 could not be told"
}

# commented NUMBER KIND FILE: it is found by the mark it begins with, and only if a bot wrote it: whoever quotes the
# mark has a comment of their own.
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

# approvals: the tokens as options, one a line.
approvals() {
    for token in $ORG_APPROVE; do printf -- '--approve\n%s\n' "$token"; done
}

# tell REPORT: on the page of the run, with where it comes from.
tell() {
    printf '\nOf %s, by [this run](%s/%s/actions/runs/%s).\n' \
        "${HEAD_SHA:-$GITHUB_SHA}" "$GITHUB_SERVER_URL" "$GITHUB_REPOSITORY" "$GITHUB_RUN_ID" >> "$1"
    cat "$1" >> "$GITHUB_STEP_SUMMARY"
}

# unheard, heard: between them the runner obeys nothing on stdout, since the tool's talk may hold text of the
# organization. The word that ends it is one that nobody could have written down before.
unheard() {
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$word"
}
heard() { echo "::$word::"; }

# talk FILE: what the tool said, unheard, and then its annotations for the runner to obey. That takes `::` at the begin of
# a line, which a return begins, too; and failing that `##[` anywhere, also with letters of no width in it, for it
# compares as people read (ActionCommand.cs of actions/runner). So no line that holds such is obeyed.
talk() {
    unheard
    cat "$1"
    heard
    tr '\r' '\n' < "$1" | LC_ALL=C sed -n -e '/#[^ -~]*#[^ -~]*\[/d' -e '/^::error /p' -e '/^::warning /p'
}

# output NAME VALUE: for the steps that come after this one.
output() {
    printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"
}

# refuse TEXT HINT: the exit code of a blocker, with its reason on the page of the run.
refuse() {
    output exit-code 3
    printf '::error title=Refused::%s%%0A%s\n' "$1" "$2"
    exit 3
}
