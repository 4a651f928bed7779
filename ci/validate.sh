#!/bin/sh
# Validates the YAML: offline, so also for pull requests of forks.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
log=$work/validate.log code=0
org-bootstrap validate -C "$ORG_DIRECTORY" --annotations github > "$log" 2>&1 || code=$?
show_log "$log"
output exit-code "$code"
exit "$code"
