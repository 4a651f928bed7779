#!/bin/sh
# Detects drift and writes a report, for an issue.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
report=$work/drift.md code=0

stop_commands
{ org-bootstrap drift -C "$ORG_DIRECTORY" --format markdown > "$report" || code=$?; } 2>&1
resume_commands
case $code in
    0) output changes false ;;
    2) output changes true ;;
    # A failure gets a report of its own: no report would look like no drift.
    *) printf '### Drift detection failed\n\nSee the log of the run.\n' > "$report" ;;
esac
publish "$report"
output exit-code "$code"
output report "$report"
if [ "$code" = 2 ]; then exit 0; fi
exit "$code"
