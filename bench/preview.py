"""What the policies cost at a preview: the same preview with and without the policy pack.

`python -m bench.preview` prints both times and writes bench/results/preview.json.
"""

import statistics
import sys
import time

from bench.local_cloud import LocalCloud, local_cloud, write

ROUNDS = 5
WITH = ("pulumi", "preview", "--stack", "local")
WITHOUT = ("env", "-u", "PULUMI_OPTION_POLICY_PACK", *WITH)


def main() -> int:
    """Measures, prints, writes."""
    taken: dict[str, list[float]] = {"with": [], "without": []}
    with local_cloud() as cloud:
        seconds(cloud, WITH)  # starts the cloud
        for _ in range(ROUNDS):
            taken["with"].append(seconds(cloud, WITH))
            taken["without"].append(seconds(cloud, WITHOUT))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    ratio = medians["with"] / medians["without"]
    for name, value in medians.items():
        print(f"preview {name} policies: {value:.2f} s")
    print(f"ratio: {ratio:.2f}")
    write("preview", {**medians, "ratio": ratio})
    return 0


def seconds(cloud: LocalCloud, command: tuple[str, ...]) -> float:
    """Time of one command against the cloud."""
    started = time.perf_counter()
    cloud.run("exec", "--", *command)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
