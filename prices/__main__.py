"""`python -m prices [REGION ...]`: the policy pack's prices, as AWS's Price List has them today.

Asks for every region that prices.json has, and for those named. A figure that AWS does not give
exactly once stays as it is, with its source and date, and is named.
"""

import argparse
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from gateway_policies.cost.prices import DATA
from prices.price_list import API_REGION
from prices.refresh import refresh


def main() -> int:
    """Writes the file; 1 if a figure is not a new one, and why."""
    parser = argparse.ArgumentParser(prog="python -m prices", description=__doc__)
    parser.add_argument("region", nargs="*", help="to ask for, too, such as eu-north-1")
    regions = parser.parse_args().region
    try:
        client = boto3.client("pricing", region_name=API_REGION)
        done = refresh(client, DATA.read_text(), regions)
    except (BotoCoreError, ClientError) as error:
        print(
            f"The Price List was not read, so no price has changed: {error}. Needed: credentials "
            "with pricing:GetProducts, and a way to AWS.",
            file=sys.stderr,
        )
        return 1
    DATA.write_text(done.text())
    print(f"{done.taken} prices are new in {DATA}. Next: read the change, commit it.")
    for line in done.absent:
        print(f"no price  {line}")
    for line in done.kept:
        print(f"kept  {line}", file=sys.stderr)
    return 1 if done.kept else 0


if __name__ == "__main__":
    sys.exit(main())
