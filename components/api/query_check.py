"""Whether the parameters of a GET route fit the model that gets them as one row."""

from collections.abc import Iterator, Mapping

from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_source import ModelSource
from components.config.gateway import Direct
from components.config.report import Mistake
from components.config.stack import NAMESPACE, ConfigError


def check_queries(settings: Direct, sources: Mapping[str, Mapping[str, ModelSource]]) -> None:
    """Raises ConfigError where a route has more or fewer parameters than a model has features.

    sources: of every variant, by endpoint. Only artifacts of this project say how many features
    they have; any other model refuses such a row itself.
    """
    if lines := [mistake.line(NAMESPACE) for mistake in _mistakes(settings, sources)]:
        raise ConfigError(lines)


def _mistakes(
    settings: Direct, sources: Mapping[str, Mapping[str, ModelSource]]
) -> Iterator[Mistake]:
    for path, route in settings.routes.items():
        if route.query is None:
            continue
        for variant, source in sources[route.endpoint].items():
            if isinstance(source, RegisteredModel) or source.example is None:
                continue
            width = len(source.example["instances"][0])
            if len(route.query) != width:
                yield Mistake(
                    ("direct", "routes", path, "query"),
                    f"{len(route.query)} entries",
                    f"{width}, the features of {route.endpoint}'s variant {variant}",
                    "Name each of them once, in the model's order",
                )
