#!/bin/sh
# Installs org-bootstrap into a virtual environment: this commit with its tested dependencies, or a version from PyPI.
# shellcheck source=ci/github.sh
. "$(dirname "$0")/github.sh"
here=$(cd "$(dirname "$0")/.." && pwd)
# Without -I Python would import modules from the working directory, the organization's repository, first
# (https://docs.python.org/3/using/cmdline.html#cmdoption-I).
python3 -I -m venv "$work/venv"
install() { "$work/venv/bin/python" -I -m pip install --quiet --disable-pip-version-check "$@"; }
if [ -n "$ORG_VERSION" ]; then
    install "org-bootstrap==$ORG_VERSION"
else
    # Constraints without hashes: with hashes pip would require one for org-bootstrap itself. Constraints do not apply to
    # an isolated build, which would use the newest back-end, so the tested one is installed first.
    sed -n 's/ \\$//; /^[a-z]/p' "$here/requirements/dev.txt" > "$work/constraints.txt"
    install --constraint "$work/constraints.txt" hatchling
    install --constraint "$work/constraints.txt" --no-build-isolation "$here"
fi
echo "$work/venv/bin" >> "$GITHUB_PATH"
