"""Variants scale within their declared limits."""


def test_a_variant_scales_within_its_declared_bounds(scaled_variant, aws):
    [target] = _of(scaled_variant, aws, "describe_scalable_targets", "ScalableTargets")
    # A scheduled action replaces the limits when its time comes.
    declared = [scaled_variant.bounds, *scaled_variant.schedule.values()]
    assert {"min": target["MinCapacity"], "max": target["MaxCapacity"]} in declared


def test_a_variant_runs_within_its_declared_bounds(scaled_variant, aws):
    live = aws("sagemaker").describe_endpoint(EndpointName=scaled_variant.endpoint)
    [found] = [v for v in live["ProductionVariants"] if v["VariantName"] == scaled_variant.name]
    serverless = found.get("CurrentServerlessConfig", {})
    count = serverless.get("ProvisionedConcurrency", found.get("DesiredInstanceCount"))
    declared = [scaled_variant.bounds, *scaled_variant.schedule.values()]
    assert min(each["min"] for each in declared) <= count <= max(each["max"] for each in declared)


def test_a_variant_has_a_policy_that_scales_it(scaled_variant, aws):
    policies = _of(scaled_variant, aws, "describe_scaling_policies", "ScalingPolicies")
    assert "TargetTrackingScaling" in {policy["PolicyType"] for policy in policies}


def test_a_variant_has_its_declared_schedule(scaled_variant, aws):
    actions = _of(scaled_variant, aws, "describe_scheduled_actions", "ScheduledActions")
    found = {
        action["ScheduledActionName"]: {
            "min": action["ScalableTargetAction"]["MinCapacity"],
            "max": action["ScalableTargetAction"]["MaxCapacity"],
        }
        for action in actions
    }
    assert found == scaled_variant.schedule


def _of(variant, aws, operation: str, key: str):
    """What Application Auto Scaling has of a variant."""
    resource_id = f"endpoint/{variant.endpoint}/variant/{variant.name}"
    pages = (
        aws("application-autoscaling")
        .get_paginator(operation)
        .paginate(ServiceNamespace="sagemaker")
    )
    return [each for page in pages for each in page[key] if each["ResourceId"] == resource_id]
