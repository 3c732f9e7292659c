#!/bin/sh
# For any CI: the tests, and what we rely on, against the package that is given: ./ci.sh buurtsein_contracts-0.1.0-py3-none-any.whl
set -eu
python3 -m venv .ci
.ci/bin/python -m pip install --quiet "$1[cli,kafka,testing]"
.ci/bin/python -m pytest
.ci/bin/buurtsein-contracts expect check consumers/*/*.yaml
