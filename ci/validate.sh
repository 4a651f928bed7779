#!/bin/sh
# Checks the YAML: offline, and so for anybody's pull request.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
log=$work/validate.log code=0
org-bootstrap validate -C "$ORG_DIRECTORY" --annotations github > "$log" 2>&1 || code=$?
talk "$log"
output exit-code "$code"
exit "$code"
