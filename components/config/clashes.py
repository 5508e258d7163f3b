"""What does not go together in a stack's config, also where other parts of it are mistakes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from components.artifacts.artifact import ModelPackage
from components.config.endpoint import Endpoint, Shadow, Variant
from components.config.endpoint_rules import endpoint_clashes
from components.config.gateway import Direct
from components.config.gateway_rules import direct_clashes
from components.config.network import PrivateNetworkConfig, network_clashes
from components.config.references import architecture_of
from components.config.report import Clash, Location, Mistake
from components.config.strict import Strict

Block = TypeVar("Block", bound=Strict)


def clash_mistakes(
    config: Mapping[str, Any], faults: Sequence[Location], region: str | None
) -> Iterator[Mistake]:
    """Every clash in a config. What depends on a mistake is not judged.

    config: as the user wrote it. faults: where it is a mistake by itself. region: of the stack.
    """
    written = config.get("endpoints")
    written = written if isinstance(written, dict) else {}
    endpoints: dict[str, Endpoint] = {}
    whole: dict[str, Endpoint] = {}
    for name, value in written.items():
        path = ("endpoints", name)
        below = _below(path, faults)
        if endpoint := _sound(Endpoint, value, below):
            endpoints[name] = endpoint
            if not below:
                whole[name] = endpoint
            for clash in endpoint_clashes(endpoint, _keys(below)):
                yield clash.mistake(path, config)
    for clash in [
        *_model_names(endpoints),
        *_package_regions(endpoints, region),
        *_architectures(endpoints, str(config.get("image"))),
    ]:
        yield clash.mistake((), config)
    if config.get("network") is not None and len(whole) == len(written):
        network = _sound(PrivateNetworkConfig, config["network"], _below(("network",), faults))
        for clash in network_clashes(network, whole):
            yield clash.mistake((), config)
    below = _below(("direct",), faults)
    if direct := _sound(Direct, config.get("direct"), below, entries={"routes", "plans"}):
        for clash in direct_clashes(direct, written, whole, _keys(below)):
            yield clash.mistake(("direct",), config)


def _below(block: Location, faults: Sequence[Location]) -> list[Location]:
    """The faults in a block, by their paths below it."""
    depth = len(block)
    return [path[depth:] for path in faults if tuple(path[:depth]) == block]


def _keys(faults: Sequence[Location]) -> set[str]:
    return {str(path[0]) for path in faults if path}


def _sound(
    model: type[Block], value: Any, faults: Sequence[Location], entries: Collection[str] = ()
) -> Block | None:
    """A block without what is faulty in it; None if that is needed, or if it is no block at all.

    entries: keys of which only the faulty entries are left out.
    """
    if () in faults:
        return None
    rest = value.copy()
    for key, *inner in faults:
        if key in entries and inner:
            rest[key] = {name: entry for name, entry in rest[key].items() if name != inner[0]}
        else:
            rest.pop(key, None)
    try:
        return model.model_validate(rest)
    except ValidationError:
        return None


def _models(endpoints: Mapping[str, Endpoint]) -> Iterator[tuple[Location, str, Variant | Shadow]]:
    """Of each variant its place in the config, the name that AWS gets of its model, itself."""
    for name, endpoint in endpoints.items():
        for path, variant, settings in endpoint.models():
            yield ("endpoints", name, *path), f"{name}-{variant}", settings


def _model_names(endpoints: Mapping[str, Endpoint]) -> Iterator[Clash]:
    """A model is called after its endpoint and variant: a-b and c, as well as a and b-c."""
    met: set[str] = set()
    for path, model, _ in _models(endpoints):
        if model in met:
            yield Clash(
                path,
                "names of endpoint and variant that no others give when joined by a dash",
                "Rename one of them",
                seen=f"the second model that is called {model}",
            )
        met.add(model)


def _package_regions(endpoints: Mapping[str, Endpoint], region: str | None) -> Iterator[Clash]:
    """A model's package has to be in its own region. region: None where it is a mistake."""
    for path, _, settings in _models(endpoints):
        artifact = settings.artifact
        if region and isinstance(artifact, ModelPackage) and artifact.arn.split(":")[3] != region:
            yield Clash(
                (*path, "artifact"),
                f"a model package in {region}, the stack's region",
                "Register the model there",
            )


def _architectures(endpoints: Mapping[str, Endpoint], image: str) -> Iterator[Clash]:
    """SageMaker takes no index of several images under one digest. image: the stack's.

    https://github.com/aws/amazon-sagemaker-feedback/issues/180
    """
    first: dict[str, str] = {}
    for name, endpoint in endpoints.items():
        for path, _, model in endpoint.models():
            # A package brings an image of its own, a serverless variant has no instances.
            if model.instances is None or isinstance(model.artifact, ModelPackage):
                continue
            other = first.setdefault(model.image or image, model.instances.type)
            if architecture_of(model.instances.type) != architecture_of(other):
                yield Clash(
                    ("endpoints", name, *path, "instances", "type"),
                    f"a type for images of {architecture_of(other)}, as {other} is, on which the "
                    "same image runs",
                    f"Use such a type, or give it an image of its own that is built for "
                    f"{architecture_of(model.instances.type)}",
                )
