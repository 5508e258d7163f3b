#!/bin/sh
# A preview for whoever reviews it: report.sh STACK COMMAND..., where COMMAND runs the Pulumi CLI
# and PULUMI_DEBUG_COMMANDS is true for it: it has --event-log for no others.
# DOCS: URL of docs/policies.md, for links.
stack=$1
shift
report=build/preview-$stack
mkdir -p build
rm -f "$report".*
# What the engine prints says which line of the program makes a resource, and its log does not.
"$@" preview --stack "$stack" --json --show-sames --event-log "$PWD/$report.events.jsonl" \
    > "$report.json"
status=$?
.venv/bin/python -m gateway_policies.report --stack "$stack" --events "$report.events.jsonl" \
    --preview "$report.json" --docs "${DOCS:-../docs/policies.md}" \
    --markdown "$report.md" --sarif "$report.sarif"
verdict=$?
[ -f "$report.md" ] && echo "$report.md"
[ $status -eq 0 ] || exit $status
exit $verdict
