import pytest

from local.sagemaker.measurement import Measurement

VARIANT = {"EndpointName": "iris", "VariantName": "forest"}


def test_a_call_is_measured_by_variant_and_by_configuration(puts):
    Measurement(puts, "iris", "iris-2").record("forest", 200, 0.25, 0.001, 0)
    values = {
        "Invocations": 1.0,
        "Invocation4XXErrors": 0.0,
        "Invocation5XXErrors": 0.0,
        "ModelLatency": 250_000.0,
        "OverheadLatency": 1_000.0,
    }
    assert puts == [
        ("AWS/SageMaker", name, dimensions, value)
        for dimensions in (VARIANT, {**VARIANT, "EndpointConfigName": "iris-2"})
        for name, value in values.items()
    ]


@pytest.mark.parametrize(
    ("status", "client", "server"),
    [(200, 0, 0), (302, 0, 0), (400, 1, 0), (499, 1, 0), (500, 0, 1), (507, 0, 1), (0, 0, 1)],
)
def test_errors_are_those_of_the_container_and_no_answer_is_one(puts, status, client, server):
    Measurement(puts, "iris", "iris-2").record("forest", status, 0.1, 0.1, 0)
    assert puts.of("forest", "Invocation4XXErrors") == [client]
    assert puts.of("forest", "Invocation5XXErrors") == [server]


@pytest.mark.parametrize(
    ("instances", "provisioned", "values"),
    [
        (2, 0, {"ConcurrentRequestsPerModel": 1.5}),
        (0, 6, {"ServerlessProvisionedConcurrencyUtilization": 0.5}),
        (0, 0, {}),
    ],
)
def test_requests_at_once_are_shared_by_what_there_is_for_them(
    puts, instances, provisioned, values
):
    Measurement(puts, "iris", "iris-2").record_load("forest", 3, instances, provisioned)
    assert puts == [("AWS/SageMaker", name, VARIANT, value) for name, value in values.items()]


def test_a_call_is_one_among_the_instances_of_its_variant(puts):
    Measurement(puts, "iris", "iris-2").record("forest", 200, 0.1, 0.1, 4)
    assert puts[-1] == ("AWS/SageMaker", "InvocationsPerInstance", VARIANT, 0.25)
    assert [put[1] for put in puts].count("InvocationsPerInstance") == 1
