#!/bin/sh
# Breaks the lock that a run left which died. docs/ci.md says when, and who may.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
code=0
org-bootstrap unlock -C "$ORG_DIRECTORY" --yes || code=$?
output exit-code "$code"
exit "$code"
