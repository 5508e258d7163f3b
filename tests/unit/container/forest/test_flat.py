"""The file of a flat forest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from container.artifact import ArtifactError
from container.forest.export import flatten
from container.forest.flat import FlatForest


def test_a_forest_is_read_as_it_was_written(grown, tmp_path):
    flat = flatten(grown)
    flat.write(tmp_path / "forest.bin")
    assert FlatForest.read(tmp_path / "forest.bin") == flat


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(ArtifactError, match=r"forest\.bin: not readable \(No such file"):
        FlatForest.read(tmp_path / "forest.bin")


@given(st.data())
def test_a_file_that_is_cut_or_longer_is_refused(tmp_path_factory, grown, data):
    path = tmp_path_factory.mktemp("forest") / "forest.bin"
    flatten(grown).write(path)
    content = path.read_bytes()
    cut = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(data.draw(st.sampled_from([content[:cut], content + b"\0"])))
    with pytest.raises(ArtifactError, match=r"forest\.bin: .+ docs/models\.md\.$"):
        FlatForest.read(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_a_forest(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("forest") / "forest.bin"
    path.write_bytes(b"FOREST1\n" + content)
    with pytest.raises(ArtifactError):
        FlatForest.read(path)
