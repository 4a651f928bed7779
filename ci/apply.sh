#!/bin/sh
# Applies the reviewed plan: the digest in `expect`, the file in `plan`, or the plan of the pull request that was merged
# as this commit. If the plan has changed since its review, nothing is applied, and the pull request is told.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
# shellcheck source=ci/reviewed.sh
. "$(dirname "$0")/reviewed.sh"
current
log=$work/apply.log report=$work/apply.md
# shellcheck disable=SC2046 # a token has no spaces
set -- $(approvals)
if [ -n "$ORG_EXPECT" ]; then
    set -- "$@" --expect "$ORG_EXPECT"
elif [ -n "$ORG_PLAN" ]; then
    set -- "$ORG_PLAN" "$@"
else
    reviewed
    set -- "$reviewed" "$@"
fi
# The runner signals only this shell. It passes one signal on to org-bootstrap: a second one would end it before it
# releases the lock. What it prints goes through a named pipe, so that the shell can wait for org-bootstrap itself.
pipe=$work/apply.pipe code=0 stopped=
rm -f "$pipe"
mkfifo "$pipe"
stop_commands
tee "$log" < "$pipe" &
shown=$!
# Runs that wait for the lock are not queued: the serial keeps an older one from applying after a newer one.
org-bootstrap apply "$@" -C "$ORG_DIRECTORY" --yes --serial "$GITHUB_RUN_NUMBER" --lock-timeout "$ORG_LOCK_TIMEOUT" \
    > "$pipe" 2>&1 &
tool=$!
trap 'trap "" INT TERM; stopped=yes; kill -s TERM "$tool" || :' INT TERM
wait "$tool" || code=$?
# The signal ended only this `wait`: org-bootstrap is still finishing its writes.
if [ -n "$stopped" ] && [ "$code" -gt 128 ]; then
    code=0
    wait "$tool" || code=$?
fi
wait "$shown"
resume_commands

case $code in
    0) title='Applied' ;;
    3) title='Blocked: nothing was changed' ;;
    *) title='Apply failed' ;;
esac
# Indented text is code in Markdown, and no text in it can end that. The end of the log is kept within GitHub's limit on
# comments.
{ printf '### %s\n\n' "$title"; tail -n 200 "$log" | tail -c 40000 | sed 's/^/    /'; } > "$report"
publish "$report"
output exit-code "$code"
output report "$report"
if [ -n "$PULL_REQUEST" ]; then comment "$PULL_REQUEST" apply "$report"; fi
if [ "$code" = 3 ]; then
    # One line of each, so that no text of the organization can begin a command of its own.
    why=$(sed -n 's/%/%25/g; s/^! blocked: //p' "$log" | tail -n 1)
    case $why in
        *'since its review'*) hint='See the log for what changed. Start the workflow by hand to plan again' ;;
        *) hint=$(sed -n 's/%/%25/g; s/^  hint: //p' "$log" | tail -n 1) ;;
    esac
    block "$why" "$hint (docs/how-to/ci-github.md)"
fi
exit "$code"
