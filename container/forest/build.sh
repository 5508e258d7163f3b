#!/bin/sh
# Compiles the kernel: build.sh OUTPUT COMPILER [ARGUMENT]...
# Without contraction a sum is the same on every processor; -march stays the architecture's least.
set -eu

output=$1
shift
exec "$@" -std=c11 -O3 -ffp-contract=off -Wall -Wextra -Werror -shared -fPIC \
    -o "$output" "$(dirname "$0")/kernel.c"
