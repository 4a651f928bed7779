#!/bin/sh
# Plans, and keeps the plan in one comment on the pull request. A blocked plan is shown and fails the step. So does a
# plan that could not be made: its comment replaces that of the older plan.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
report=$work/plan.md plan=$work/plan.json log=$work/plan.log code=0
rm -f "$plan"
# shellcheck disable=SC2046 # a token has no spaces
set -- $(approvals)
[ -z "$ORG_SNAPSHOT" ] || set -- "$@" --snapshot "$ORG_SNAPSHOT"
org-bootstrap plan -C "$ORG_DIRECTORY" --out "$plan" --format markdown --detailed-exitcode --annotations github "$@" \
    > "$report" 2> "$log" || code=$?
show_log "$log"
if [ ! -s "$report" ]; then
    printf '### Planning failed\n\nSee the log of the run.\n' > "$report"
fi
publish "$report"
output exit-code "$code"
output report "$report"
if [ -f "$plan" ]; then output plan "$plan"; fi
if [ "$code" = 2 ]; then output changes true; else output changes false; fi
# A fork's pull request runs with a read-only token: its plan is on the page of the run alone.
if [ -n "$PULL_REQUEST" ] && [ "$HEAD_REPOSITORY" = "$GITHUB_REPOSITORY" ]; then
    comment "$PULL_REQUEST" plan "$report"
fi
if [ "$code" = 2 ]; then exit 0; fi
exit "$code"
