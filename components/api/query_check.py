"""Whether the parameters of a GET route fit the model that gets them as one row."""

from collections.abc import Iterator, Mapping

from components.artifacts.model_package import RegisteredModel
from components.artifacts.model_set import ModelSet
from components.artifacts.model_source import ModelSource
from components.config.gateway import Direct
from components.config.report import Mistake
from components.config.stack import NAMESPACE, ConfigError


def check_queries(settings: Direct, sources: Mapping[str, Mapping[str, ModelSource]]) -> None:
    """Raises ConfigError where a route's parameters are not a model's features.

    There must be as many, and those that are called as the features are must stand in their order:
    in another one every answer would be wrong. sources: of every variant, by endpoint. Only
    artifacts of this project say what features they have; any other model refuses a row of another
    width itself, and several models have no such route.
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
            if isinstance(source, RegisteredModel | ModelSet) or source.example is None:
                continue
            width = len(source.example["instances"][0])
            if len(route.query) != width:
                yield Mistake(
                    ("direct", "routes", path, "query"),
                    f"{len(route.query)} entries",
                    f"{width}, the features of {route.endpoint}'s variant {variant}",
                    "Name each of them once, in the model's order",
                )
            elif sorted(route.query) == sorted(source.features) != [] and (
                route.query != [*source.features]
            ):
                yield Mistake(
                    ("direct", "routes", path, "query"),
                    ", ".join(route.query),
                    f"{', '.join(source.features)}: the order in which {route.endpoint}'s variant "
                    f"{variant} takes its features",
                    "Put them into this order, or every answer is that of another row",
                )
