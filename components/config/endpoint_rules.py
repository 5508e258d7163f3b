"""Which keys of an endpoint go together: AWS refuses the rest, or takes it and ignores it."""

from collections.abc import Callable, Collection, Iterator

from components.artifacts.artifact import ModelPackage
from components.config.endpoint import Endpoint
from components.config.references import is_accelerated
from components.config.report import Clash
from components.config.rollout_rules import rollout_clashes
from components.config.scaling_rules import WITHOUT_A_QUEUE, scaling_clashes
from components.config.strict import keys_of

NOT_SERVERLESS = {
    "shadow": "AWS copies no requests of it",
    "async": "AWS queues requests for instances only",
    "rollout": "AWS guards updates of real-time and asynchronous endpoints only",
    "capture": "AWS captures nothing of it",
    "network": "AWS offers neither isolation nor a VPC for it",
}
"""Keys of an endpoint that a serverless variant excludes, and why.

https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
"""


NOT_MULTI_MODEL = {
    "shadow": "AWS copies no requests of multi-model endpoints",
    "async": "InvokeEndpointAsync cannot say which of them is asked",
    "capture": "what AWS captures does not say which of them answered",
}
"""Keys of an endpoint that a variant with several models excludes, and why.

https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html,
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
"""


def endpoint_clashes(endpoint: Endpoint, faulty: Collection[str] = ()) -> Iterator[Clash]:
    """What in an endpoint does not go together, each at the key that has to change.

    faulty: keys that are mistakes by themselves, and therefore left out of `endpoint`; what
    depends on them is not judged.
    """
    for rule, keys in _RULES.items():
        if not keys & {*faulty}:
            yield from rule(endpoint)


def _serverless(endpoint: Endpoint) -> Iterator[Clash]:
    variants = endpoint.variants
    serverless = [name for name, variant in variants.items() if variant.serverless]
    if not serverless:
        return
    if len(variants) > 1:
        yield Clash(
            ("variants",),
            f"one variant, since {serverless[0]} is serverless and AWS puts no other beside it",
            "Remove the others, or run all of them on instances",
            seen=", ".join(variants),
        )
    for key, reason in NOT_SERVERLESS.items():
        field = keys_of(Endpoint)[key]
        if field in endpoint.model_fields_set and getattr(endpoint, field) is not None:
            yield Clash(
                (key,),
                f"nothing with a serverless variant, since {reason}",
                "Remove it, or run the variant on instances",
            )


def _provisioned(endpoint: Endpoint) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html"""
    for name, variant in endpoint.variants.items():
        serverless = variant.serverless
        if (
            serverless
            and serverless.provisioned
            and serverless.provisioned.max > serverless.concurrency
        ):
            yield Clash(
                ("variants", name, "serverless", "provisioned", "max"),
                f"up to {serverless.concurrency}, the variant's concurrency",
                "Lower it, or raise concurrency",
            )


def _multi_model(endpoint: Endpoint) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html,
    https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    """
    with_models = {name: v.models for name, v in endpoint.variants.items() if v.models}
    if not with_models:
        return
    first, models = next(iter(with_models.items()))
    for name, variant in endpoint.variants.items():
        if (variant.models or {}).keys() != models.keys():
            yield Clash(
                ("variants", name, "models" if variant.models else "artifact"),
                f"models called {', '.join(models)}, as {first} has, since a request names its "
                "model, whichever variant it comes to",
                "Name the same ones, or give the variant an endpoint of its own",
            )
        if variant.serverless:
            yield Clash(
                ("variants", name, "serverless"),
                "nothing with models, which AWS does not serve without instances",
                "Use instances, or give each model an endpoint of its own",
            )
        elif variant.instances and is_accelerated(variant.instances.type):
            yield Clash(
                ("variants", name, "instances", "type"),
                "a type without accelerators, with models: on those, AWS serves several by "
                "NVIDIA's Triton server only",
                "Use one such as ml.m5.large",
            )
    for key, reason in NOT_MULTI_MODEL.items():
        if getattr(endpoint, keys_of(Endpoint)[key]):
            yield Clash((key,), f"nothing with models, since {reason}", "Remove it")


def _package_images(endpoint: Endpoint) -> Iterator[Clash]:
    for path, _, model in endpoint.models():
        if model.image and isinstance(model.artifact, ModelPackage):
            yield Clash(
                (*path, "image"),
                "none with a model package, which has an image of its own",
                "Remove it",
            )


def _instances(endpoint: Endpoint) -> Iterator[Clash]:
    for name, variant in endpoint.variants.items():
        if variant.instances and variant.instances.min == 0 and not endpoint.asynchronous:
            yield Clash(
                ("variants", name, "instances", "min"),
                WITHOUT_A_QUEUE,
                "Raise it, or add async",
            )


def _asynchronous(endpoint: Endpoint) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html,
    https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html,
    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html
    """
    if not endpoint.asynchronous or endpoint.is_serverless:
        return
    if len(endpoint.variants) > 1:
        yield Clash(
            ("variants",),
            "one variant with async, since AWS counts waiting requests by endpoint, so that "
            "several could not be scaled",
            "Give each an endpoint of its own",
            seen=", ".join(endpoint.variants),
        )
    reasons = {
        "shadow": "AWS copies no requests of asynchronous endpoints",
        "capture": "AWS captures real-time requests only; inputs and results are kept anyway",
    }
    for key, reason in reasons.items():
        if getattr(endpoint, key):
            yield Clash((key,), f"nothing with async, since {reason}", "Remove it, or async")


def _shadow(endpoint: Endpoint) -> Iterator[Clash]:
    """https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html,
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
    """
    if not endpoint.shadow:
        return
    if len(endpoint.variants) > 1:
        yield Clash(
            ("shadow",),
            f"nothing with several variants ({', '.join(endpoint.variants)}), since AWS copies "
            "the requests of exactly one",
            "Remove it, or give the other variants an endpoint of their own",
        )
    types = {("shadow", "instances", "type"): endpoint.shadow.instances.type} | {
        ("variants", name, "instances", "type"): variant.instances.type
        for name, variant in endpoint.variants.items()
        if variant.instances
    }
    for path, instance_type in types.items():
        if instance_type.startswith("ml.inf1."):
            yield Clash(
                path,
                "no ml.inf1 type on an endpoint with a shadow, which AWS refuses",
                "Use another type, such as ml.inf2.xlarge, or remove shadow",
            )


_RULES: dict[Callable[[Endpoint], Iterator[Clash]], set[str]] = {
    _serverless: set(),
    _provisioned: set(),
    _multi_model: set(),
    _package_images: set(),
    _instances: {"async"},
    _asynchronous: {"async"},
    _shadow: {"shadow"},
    scaling_clashes: {"async", "scaling"},
    rollout_clashes: {"async", "rollout"},
}
"""Rules, and what they depend on besides the variants."""
