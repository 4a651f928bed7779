#!/bin/sh
# Checks the YAML: offline, and so for anybody's pull request.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
code=0
org-bootstrap validate -C "$ORG_DIRECTORY" --annotations github || code=$?
output exit-code "$code"
exit "$code"
