"""Each model of a multi-model endpoint has a route of its own, and no route reaches another."""

from dataclasses import replace

from tests.acceptance.answers import assert_error, labels
from tests.acceptance.caller import JSON

TARGET_MODEL = "x-amzn-sagemaker-target-model"


def test_a_client_names_no_model(model_route, caller):
    """Neither one that is there nor one that is not: the route alone says which one answers."""
    expected = labels(caller.example(model_route), JSON)
    others = [f"{model_route.model}.tar.gz", "no-such-model.tar.gz", "../no-such-model.tar.gz"]
    for name in others:
        answer = caller.example(model_route, **{TARGET_MODEL: name})
        assert labels(answer, JSON) == expected


def test_a_model_that_is_not_of_the_endpoint_has_no_path(model_route, caller):
    url = model_route.url.removesuffix(f"/{model_route.model}")
    elsewhere = replace(model_route, url=f"{url}/no-such-model")
    assert_error(caller.example(elsewhere), 403, "UnknownRoute")
