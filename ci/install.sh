#!/bin/sh
# Installs the tool into an environment of its own: that of this very commit, with the dependencies that it was
# tested with, or a version from the registry.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
here=$(cd "$(dirname "$0")/.." && pwd)
# With -I, here and elsewhere: else what is in the working directory, the organization's repository, comes first where
# Python looks for modules (https://docs.python.org/3/using/cmdline.html#cmdoption-I).
python3 -I -m venv "$work/venv"
install() { "$work/venv/bin/python" -I -m pip install --quiet --disable-pip-version-check "$@"; }
if [ -n "$ORG_VERSION" ]; then
    install "org-bootstrap==$ORG_VERSION"
else
    # Constraints cannot have hashes without the tool itself having one. No constraint of ours reaches a build that pip
    # isolates, which would take the newest back-end: so that is installed first, as tested.
    sed -n 's/ \\$//; /^[a-z]/p' "$here/requirements/dev.txt" > "$work/constraints.txt"
    install --constraint "$work/constraints.txt" hatchling
    install --constraint "$work/constraints.txt" --no-build-isolation "$here"
fi
echo "$work/venv/bin" >> "$GITHUB_PATH"
