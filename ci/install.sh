#!/bin/sh
# Installs the tool into an environment of its own: that of this very commit, with the dependencies that it was
# tested with, or a version from the registry.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
here=$(cd "$(dirname "$0")/.." && pwd)
python3 -m venv "$work/venv"
if [ -n "$ORG_VERSION" ]; then
    set -- "org-bootstrap==$ORG_VERSION"
else
    # Constraints cannot have hashes without the tool itself having one.
    sed -n 's/ \\$//; /^[a-z]/p' "$here/requirements/dev.txt" > "$work/constraints.txt"
    set -- --constraint "$work/constraints.txt" "$here"
fi
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
echo "$work/venv/bin" >> "$GITHUB_PATH"
