#!/bin/sh
# Ends with a sentence where the Pulumi CLI is missing, or older than the program can be run with.
least=3.238.0
if ! command -v pulumi > /dev/null; then
    echo "pulumi: not found. A stack on AWS needs your own, $least or newer:" >&2
    echo "https://www.pulumi.com/docs/install/. To rehearse it on this machine, without AWS, put" >&2
    echo "'.venv/bin/python -m local exec --' before the command." >&2
    exit 1
fi
version=$(pulumi version)
first=$(printf '%s\n%s\n' "$least" "${version#v}" | sort -V | head -n 1)
if [ "$first" != "$least" ]; then
    echo "pulumi is $version. Allowed: $least or newer, since before it a hook that fails does not" >&2
    echo "fail the update. Install a newer one: https://www.pulumi.com/docs/install/" >&2
    exit 1
fi
