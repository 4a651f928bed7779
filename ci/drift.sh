#!/bin/sh
# Looks for what somebody changed outside, into a report that an issue can be made of.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
report=$work/drift.md code=0

org-bootstrap drift -C "$ORG_DIRECTORY" --format markdown > "$report" || code=$?
case $code in
    0) output changes false ;;
    2) output changes true ;;
    *) exit "$code" ;;
esac
tell "$report"
output exit-code "$code"
output report "$report"
