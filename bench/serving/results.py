"""Everything that a run has measured."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.serving.figures import Figures
from bench.serving.machine import Machine
from bench.serving.offers import Offers
from bench.serving.profile import Part
from bench.serving.rounds import medians
from bench.serving.servers import ONNX, ONNX_2, OURS, OURS_2
from bench.serving.summary import Summary, summary


@dataclass(frozen=True)
class Results:
    """Of one run."""

    machine: Machine
    rounds: Mapping[str, Sequence[Figures]]
    """By server."""
    offers: Mapping[str, Mapping[int, Offers]]
    """By server, then by rows of a request."""
    parts: Mapping[str, Sequence[Part]]
    """By server: where the time of its requests goes."""
    absent: Mapping[str, str]
    """What could not be measured, and why."""

    @property
    def medians(self) -> Mapping[str, Figures]:
        """By server."""
        return medians(self.rounds)

    @property
    def summary(self) -> Summary:
        """With the compiled kernel."""
        return summary(self.medians, self.offers.get(OURS, {}), OURS, OURS_2)

    @property
    def onnx_summary(self) -> Summary:
        """Without a compiler."""
        return summary(self.medians, self.offers.get(ONNX, {}), ONNX, ONNX_2)

    def to_json(self) -> dict[str, Any]:
        """All of it, for bench/results/serving.json."""
        return {
            "summary": self.summary,
            "summary_onnx": self.onnx_summary,
            "machine": asdict(self.machine),
            "medians": {name: asdict(one) for name, one in self.medians.items()},
            "rounds": {name: [asdict(one) for one in all_] for name, all_ in self.rounds.items()},
            "offers": {
                name: {size: asdict(one) for size, one in by_size.items()}
                for name, by_size in self.offers.items()
            },
            "parts": {name: [asdict(one) for one in all_] for name, all_ in self.parts.items()},
            "absent": self.absent,
        }
