#!/bin/sh
# Applies what was reviewed: a digest that somebody gave, a plan that was handed over, or that of the pull request
# whose merge this is. What moved since is refused, and said on the pull request, too.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
# shellcheck source=ci/reviewed.sh
. "$(dirname "$0")/reviewed.sh"
current
log=$work/apply.log report=$work/apply.md
# shellcheck disable=SC2046 # a token is one word
set -- $(approvals)
if [ -n "$ORG_EXPECT" ]; then
    set -- "$@" --expect "$ORG_EXPECT"
elif [ -n "$ORG_PLAN" ]; then
    set -- "$ORG_PLAN" "$@"
else
    reviewed
    set -- "$reviewed" "$@"
fi
# The runner tells only this shell to stop. The tool hears of it once, for a second signal would end it without
# giving the lock back; and what it says comes by a pipe with a name, so that the shell waits for the tool itself.
pipe=$work/apply.pipe code=0 stopped=
rm -f "$pipe"
mkfifo "$pipe"
unheard
tee "$log" < "$pipe" &
shown=$!
# Runs that wait for the lock have no queue, but a number each.
org-bootstrap apply "$@" -C "$ORG_DIRECTORY" --yes --serial "$GITHUB_RUN_NUMBER" --lock-timeout "$ORG_LOCK_TIMEOUT" \
    > "$pipe" 2>&1 &
tool=$!
trap 'trap "" INT TERM; stopped=yes; kill -s TERM "$tool" || :' INT TERM
wait "$tool" || code=$?
# That was the signal to this shell, and the tool still gives the lock back.
if [ -n "$stopped" ] && [ "$code" -gt 128 ]; then
    code=0
    wait "$tool" || code=$?
fi
wait "$shown"
heard

case $code in
    0) title='Applied' ;;
    3) title='Refused, and nothing was changed' ;;
    *) title='The apply has failed: see how far it came' ;;
esac
# Indented text is code to Markdown, and nothing in it can end that. Its end is what matters, and a comment has one.
{ printf '### %s\n\n' "$title"; tail -n 200 "$log" | tail -c 40000 | sed 's/^/    /'; } > "$report"
tell "$report"
output exit-code "$code"
output report "$report"
if [ -n "$PULL_REQUEST" ]; then comment "$PULL_REQUEST" apply "$report"; fi
if [ "$code" = 3 ]; then
    # One line of each, so that no text of the organization can begin a command of its own.
    why=$(sed -n 's/%/%25/g; s/^! refused: //p' "$log" | tail -n 1)
    case $why in
        *'plan has moved'*) hint='The log says what moved. Start the workflow by hand, which plans what is there now' ;;
        *) hint=$(sed -n 's/%/%25/g; s/^  hint: //p' "$log" | tail -n 1) ;;
    esac
    refuse "$why" "$hint (docs/ci.md)"
fi
exit "$code"
