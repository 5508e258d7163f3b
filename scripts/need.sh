#!/bin/sh
# Ends with a sentence where a command is not installed.
command -v "$1" > /dev/null && exit 0
echo "$1: not found. A stack on AWS needs your own: https://www.pulumi.com/docs/install/" >&2
exit 1
