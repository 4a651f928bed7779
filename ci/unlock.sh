#!/bin/sh
# Releases a lock left behind by a crashed run. docs/how-to/ci-github.md says when, and who may.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
code=0
stop_commands
{ org-bootstrap unlock -C "$ORG_DIRECTORY" --yes || code=$?; } 2>&1
resume_commands
output exit-code "$code"
exit "$code"
