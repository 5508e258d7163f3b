"""Parameters of GET routes against the models that get them."""

from dataclasses import replace

import pytest

from components.api.query_check import check_queries
from components.artifacts.remote_artifact import RemoteArtifact
from components.config.stack import ConfigError
from tests.unit.components.conftest import packed, stack_config

ONE_FEATURE = {"forest": packed("f"), "boosting": packed("b")}


def direct(**queries):
    routes = {f"/{path}": {"endpoint": "iris", "query": names} for path, names in queries.items()}
    return stack_config(routes=routes | {"/iris": {"endpoint": "iris"}}).direct


def test_as_many_parameters_as_features_are_right():
    check_queries(direct(one=["a"]), {"iris": ONE_FEATURE})


def test_every_route_and_variant_that_do_not_fit_are_named():
    with pytest.raises(ConfigError) as error:
        check_queries(direct(one=["a"], two=["a", "b"]), {"iris": ONE_FEATURE})
    line = (
        "ml-gateway:direct.routes./two.query: 2 entries. Allowed: 1, the features of iris's "
        "variant {}. Name each of them once, in the model's order."
    )
    assert str(error.value) == "\n  ".join(
        [
            "The stack's config has 2 mistakes; nothing was created.",
            line.format("forest"),
            line.format("boosting"),
        ]
    )


WIDTH_AND_LENGTH = {
    "forest": replace(
        packed("f"), example={"instances": [[1.0, 2.0]]}, features=("width", "length")
    )
}


@pytest.mark.parametrize("names", [["width", "length"], ["w", "l"], ["length", "w"]])
def test_the_features_in_their_order_or_other_names_are_right(names):
    check_queries(direct(two=names), {"iris": WIDTH_AND_LENGTH})


def test_the_features_in_another_order_are_refused():
    with pytest.raises(ConfigError) as error:
        check_queries(direct(two=["length", "width"]), {"iris": WIDTH_AND_LENGTH})
    assert str(error.value).splitlines()[1] == (
        "  ml-gateway:direct.routes./two.query: length, width. Allowed: width, length: the order "
        "in which iris's variant forest takes its features. Put them into this order, or every "
        "answer is that of another row."
    )


def test_a_model_that_does_not_say_its_features_refuses_such_a_row_itself():
    remote = object.__new__(RemoteArtifact)
    check_queries(direct(two=["a", "b"]), {"iris": {"forest": remote}})
