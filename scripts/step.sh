#!/bin/sh
# Runs a command under a title and prints how long it took: step.sh TITLE COMMAND...
title=$1
shift
printf '==> %s\n' "$title"
started=$(date +%s)
"$@"
status=$?
printf '    %s: %s after %s s\n' "$title" "$([ $status -eq 0 ] && echo done || echo failed)" \
    "$(($(date +%s) - started))"
exit $status
