#!/bin/sh
# Looks for what somebody changed outside, into a report that an issue can be made of.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
report=$work/drift.md code=0

unheard
{ org-bootstrap drift -C "$ORG_DIRECTORY" --format markdown > "$report" || code=$?; } 2>&1
heard
case $code in
    0) output changes false ;;
    2) output changes true ;;
    # A report of its own: silence would pass for a night without drift.
    *) printf '### Drift could not be told\n\nThe log of the run says why.\n' > "$report" ;;
esac
tell "$report"
output exit-code "$code"
output report "$report"
if [ "$code" = 2 ]; then exit 0; fi
exit "$code"
