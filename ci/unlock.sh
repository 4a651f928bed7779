#!/bin/sh
# Breaks the lock that a run left which died. docs/ci.md says when, and who may.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
code=0
unheard
{ org-bootstrap unlock -C "$ORG_DIRECTORY" --yes || code=$?; } 2>&1
heard
output exit-code "$code"
exit "$code"
