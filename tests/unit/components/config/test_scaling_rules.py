"""Which metric scales which form of endpoint, and how far a schedule may go."""

import pytest

from tests.unit.components.config.conftest import (
    ASYNC,
    MISSING,
    changed,
    endpoint,
    load,
    mistakes,
    on_instances,
    serverless,
)

REAL_TIME = {"variants": {"forest": on_instances()}}
COLD = {"variants": {"forest": serverless()}}
WARM = {"variants": {"forest": serverless(provisioned={"min": 2, "max": 10})}}
QUEUED = {"variants": {"forest": on_instances()}, "asynchronous": ASYNC}
MIXED = {"variants": {"forest": on_instances(), "boosting": serverless()}}

METRICS = {"target": "1200/min", "concurrency": 4, "utilization": "70%", "backlog": 5}


def scheduled(**bounds):
    return {"schedule": {"night": {"at": "cron(0 20 * * ? *)", "min": 1, "max": 2} | bounds}}


@pytest.mark.parametrize(
    ("form", "metric"),
    [(REAL_TIME, "target"), (REAL_TIME, "concurrency"), (WARM, "utilization"), (QUEUED, "backlog")],
)
def test_each_form_has_its_metric(form, metric):
    config = endpoint(**form, scaling={metric: METRICS[metric]})
    assert load(config).endpoints["iris"].scaling is not None


def test_a_serverless_variant_of_which_nothing_is_provisioned_does_without():
    assert load(endpoint(**COLD, scaling=None)).endpoints["iris"].scaling is None


REAL_TIME_REASON = (
    "target or concurrency instead, since instances in real time have no queue and nothing "
    "provisioned. Replace it by target."
)
WARM_REASON = (
    "utilization instead, since AWS scales provisioned concurrency by nothing else. "
    "Replace it by utilization."
)
QUEUED_REASON = (
    "backlog instead, since AWS measures an asynchronous endpoint's load by nothing else. "
    "Replace it by backlog."
)

CLASHES = [
    (REAL_TIME, {"utilization": "70%"}, f'.utilization: "70%". Allowed: {REAL_TIME_REASON}'),
    (REAL_TIME, {"backlog": 5}, f".backlog: 5. Allowed: {REAL_TIME_REASON}"),
    (WARM, {"target": "9/min"}, f'.target: "9/min". Allowed: {WARM_REASON}'),
    (WARM, {"concurrency": 4}, f".concurrency: 4. Allowed: {WARM_REASON}"),
    (WARM, {"backlog": 5}, f".backlog: 5. Allowed: {WARM_REASON}"),
    (QUEUED, {"target": "9/min"}, f'.target: "9/min". Allowed: {QUEUED_REASON}'),
    (QUEUED, {"concurrency": 4}, f".concurrency: 4. Allowed: {QUEUED_REASON}"),
    (QUEUED, {"utilization": "70%"}, f'.utilization: "70%". Allowed: {QUEUED_REASON}'),
    (COLD, {"utilization": "70%"}, ": an object. Allowed: nothing, since AWS itself scales a "
     "serverless variant of which nothing is provisioned. "
     "Remove it, or add serverless.provisioned."),
    (REAL_TIME, MISSING, ": missing. Allowed: an object with target or concurrency, since nothing "
     "scales without it. Add it."),
    (REAL_TIME, None, ": null. Allowed: an object with target or concurrency, since nothing "
     "scales without it. Add it."),
    (WARM, None, ": null. Allowed: an object with utilization, since nothing scales without it. "
     "Add it."),
    (QUEUED, None, ": null. Allowed: an object with backlog, since nothing scales without it. "
     "Add it."),
    (REAL_TIME, {"target": "9/min", **scheduled(min=0)}, ".schedule.night.min: 0. Allowed: 1 or "
     "more, since only an asynchronous endpoint, which queues, may have none. Raise it."),
    (WARM, {"utilization": "70%", **scheduled(min=0)}, ".schedule.night.min: 0. Allowed: 1 or "
     "more, since only an asynchronous endpoint, which queues, may have none. Raise it."),
    (REAL_TIME, {"target": "9/min", **scheduled(max=101)},
     ".schedule.night.max: 101. Allowed: up to 100, instances. Lower it."),
    (WARM, {"utilization": "70%", **scheduled(max=21)},
     ".schedule.night.max: 21. Allowed: up to 20, the variant's concurrency. Lower it."),
]  # fmt: skip


@pytest.mark.parametrize(("form", "scaling", "line"), CLASHES)
def test_scaling_that_does_not_fit_the_form_is_refused_with_the_reason(form, scaling, line):
    config = changed(("endpoints.iris.scaling", scaling), base=endpoint(**form))
    assert mistakes(config) == [f"endpoints.iris.scaling{line}"]


@pytest.mark.parametrize(
    ("form", "metric", "most"), [(REAL_TIME, "target", 100), (WARM, "utilization", 20)]
)
def test_a_schedule_may_go_as_far_as_the_form(form, metric, most):
    scaling = {metric: METRICS[metric], **scheduled(max=most)}
    assert load(endpoint(**form, scaling=scaling)).endpoints["iris"].scaling


def test_an_asynchronous_endpoint_may_be_empty_at_night():
    config = endpoint(**QUEUED, scaling={"backlog": 5, **scheduled(min=0)})
    scaling = load(config).endpoints["iris"].scaling
    assert scaling is not None
    assert scaling.schedule["night"].min == 0


@pytest.mark.parametrize("form", [MIXED, {**COLD, "asynchronous": ASYNC}])
@pytest.mark.parametrize("metric", [*METRICS, None])
def test_scaling_is_not_judged_where_the_form_is_the_mistake(form, metric):
    scaling = metric and {metric: METRICS[metric]}
    assert not any(".scaling" in line for line in mistakes(endpoint(**form, scaling=scaling)))
