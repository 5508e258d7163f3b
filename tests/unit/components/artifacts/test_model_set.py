"""Several models as one thing that is deployed."""

from hypothesis import given
from hypothesis import strategies as st

from components.artifacts.model_set import ModelSet, file_name
from tests.unit.components.conftest import packed

MODELS = st.dictionaries(
    st.sampled_from(["iris", "wine", "churn"]), st.sampled_from("0123456789abcdef"), min_size=1
)


def made(models):
    return ModelSet({name: packed(digit) for name, digit in models.items()})


@given(MODELS, MODELS)
def test_sets_share_a_hash_only_if_names_and_contents_agree(one, other):
    assert (made(one).sha256 == made(other).sha256) == (one == other)


def test_the_order_in_the_config_changes_nothing():
    assert made({"a": "1", "b": "2"}).sha256 == made({"b": "2", "a": "1"}).sha256


def test_a_models_file_is_called_after_it():
    assert file_name("iris") == "iris.tar.gz"
