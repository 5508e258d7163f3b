"""`python -m gateway_policies.reach`: who can reach what, from a preview on standard input.

Exit code 1: somebody reaches what no component declares. 2: the input is no preview.
"""

import argparse
import json
import sys

from gateway_policies.reach.preview import PreviewError, read_stack
from gateway_policies.reach.proof import prove
from gateway_policies.reach.report import as_json, as_table


def main() -> int:
    """Reads, proves, prints."""
    parser = argparse.ArgumentParser(
        prog="python -m gateway_policies.reach",
        description="Says who can reach which endpoints, feature groups, buckets and keys of a "
        "stack, from what `pulumi preview --json` prints. An upper bound: conditions and "
        "permissions boundaries are taken to hold nobody back.",
        epilog="Exit code 1: somebody reaches what no component declares. 2: no preview was read.",
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")
    arguments = parser.parse_args()
    try:
        proof = prove(read_stack(sys.stdin.read()))
    except PreviewError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if arguments.format == "json":
        sys.stdout.write(json.dumps(as_json(proof), indent=2) + "\n")
    else:
        sys.stdout.write(as_table(proof))
    return 1 if proof.undeclared else 0


if __name__ == "__main__":
    sys.exit(main())
