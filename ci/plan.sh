#!/bin/sh
# Plans, and shows the plan in one comment on the pull request. What is refused is shown all the same, and then the
# step fails. So is it if no plan could be made: the comment of an older one must not stay.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
report=$work/plan.md plan=$work/plan.json log=$work/plan.log code=0
rm -f "$plan"
# shellcheck disable=SC2046 # a token is one word
set -- $(approvals)
[ -z "$ORG_SNAPSHOT" ] || set -- "$@" --snapshot "$ORG_SNAPSHOT"
org-bootstrap plan -C "$ORG_DIRECTORY" --out "$plan" --format markdown --detailed-exitcode --annotations github "$@" \
    > "$report" 2> "$log" || code=$?
talk "$log"
if [ ! -s "$report" ]; then
    printf '### No plan could be made\n\nThe log of the run says why.\n' > "$report"
fi
tell "$report"
output exit-code "$code"
output report "$report"
if [ -f "$plan" ]; then output plan "$plan"; fi
if [ "$code" = 2 ]; then output changes true; else output changes false; fi
# GitHub gives the run of a fork's pull request a token that only reads: the page of the run has the plan.
if [ -n "$PULL_REQUEST" ] && [ "$HEAD_REPOSITORY" = "$GITHUB_REPOSITORY" ]; then
    comment "$PULL_REQUEST" plan "$report"
fi
if [ "$code" = 2 ]; then exit 0; fi
exit "$code"
