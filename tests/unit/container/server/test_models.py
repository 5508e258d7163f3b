"""The models of a multi-model container."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from container.artifact import MODEL_FILE, SAMPLE_FILE
from container.errors import Code, RequestError
from container.forest.flat import FOREST_FILE
from container.manifest import write_manifest
from container.model import Model
from container.server import models as module
from container.server.models import EACH_BYTES, PAGE, Models, needed_bytes

PLENTY = 1024**3


def refusal(call, *arguments):
    with pytest.raises(RequestError) as error:
        call(*arguments)
    return error.value.code, error.value.message


@pytest.fixture
def models():
    return Models(PLENTY)


def test_a_model_is_there_from_its_load_to_its_unload(models, artifact):
    models.load("a1", artifact)
    assert models.get("a1").labels == ("setosa", "versicolor", "virginica")
    assert models.folder("a1") == artifact
    assert models.unload("a1") == artifact
    for call in (models.get, models.folder, models.unload):
        assert refusal(call, "a1") == (Code.NOT_FOUND, 'Model "a1" is not loaded.')


def test_a_name_is_given_once(models, artifact):
    models.load("a1", artifact)
    assert refusal(models.load, "a1", artifact) == (
        Code.MODEL_LOADED,
        'Model "a1" is loaded already.',
    )


class Slow:
    """Loads wait for `gate`; the first sets `begun`."""

    def __init__(self):
        self.gate, self.begun = threading.Event(), threading.Event()
        self.loads = 0
        self._load = Model.load

    def load(self, folder):
        self.loads += 1
        self.begun.set()
        assert self.gate.wait(10)
        return self._load(folder)


@pytest.fixture
def slow(monkeypatch):
    slow = Slow()
    monkeypatch.setattr(Model, "load", slow.load)
    return slow


def test_loads_of_one_model_at_once_are_done_once(models, artifact, slow):
    with ThreadPoolExecutor(8) as pool:
        loads = [pool.submit(models.load, "a1", artifact) for _ in range(8)]
        slow.gate.set()
        errors = [load.exception() for load in loads]
    assert slow.loads == 1
    assert errors.count(None) == 1
    codes = {error.code for error in errors if isinstance(error, RequestError)}
    assert codes == {Code.MODEL_LOADED}


def test_a_model_that_is_still_being_loaded_is_not_there_yet(models, artifact, slow):
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(models.load, "a1", artifact)
        assert slow.begun.wait(10)
        assert refusal(models.get, "a1")[0] is Code.NOT_FOUND
        assert refusal(models.unload, "a1")[0] is Code.NOT_FOUND
        assert models.page() == ([], None)
        slow.gate.set()
        load.result()
    assert models.get("a1")


def test_what_does_not_fit_beside_the_others_is_refused_and_nothing_goes_by_itself(artifact):
    each = needed_bytes(artifact)
    models = Models(2 * each + 1)
    models.load("a", artifact)
    models.load("b", artifact)
    assert refusal(models.load, "c", artifact) == (
        Code.INSUFFICIENT_MEMORY,
        f'Model "c" needs {each} bytes of memory; 1 are free. Unload another model.',
    )
    assert [name for name, _ in models.page()[0]] == ["a", "b"]
    models.unload("a")
    models.load("c", artifact)


def test_a_load_under_way_counts(artifact, slow):
    models = Models(needed_bytes(artifact))
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(models.load, "a", artifact)
        assert slow.begun.wait(10)
        assert refusal(models.load, "b", artifact)[0] is Code.INSUFFICIENT_MEMORY
        slow.gate.set()
        load.result()


def break_sample(folder):
    text = (folder / SAMPLE_FILE).read_text()
    (folder / SAMPLE_FILE).write_text(text.replace('["setosa"', '["virginica"'))
    write_manifest(folder)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / MODEL_FILE).write_bytes(b""), "SHA-256 is"),
        (break_sample, "sample row 0: predicted setosa, expected virginica"),
        (shutil.rmtree, "manifest.json: not found"),
    ],
)
def test_an_artifact_that_is_unfit_is_refused_without_its_secrets_and_takes_no_room(
    artifact, artifact_copy, damage, said, caplog
):
    damage(artifact_copy)
    models = Models(needed_bytes(artifact) + 1000)
    assert refusal(models.load, "a", artifact_copy) == (
        Code.INTERNAL,
        "The model's artifact cannot be served.",
    )
    [line] = caplog.messages
    assert said in line
    models.load("a", artifact)


def test_who_waited_for_a_load_that_fails_is_told_so_too(models, artifact_copy, slow):
    break_sample(artifact_copy)
    with ThreadPoolExecutor(2) as pool:
        loads = [pool.submit(models.load, "a", artifact_copy) for _ in range(2)]
        assert slow.begun.wait(10)
        slow.gate.set()
        assert all(load.exception() for load in loads)


def test_a_request_that_has_a_model_is_answered_though_it_is_unloaded(models, artifact, model):
    models.load("a", artifact)
    held = models.get("a")
    models.unload("a")
    assert held.predict(held.sample.rows) == model.predict(model.sample.rows)


def test_the_list_has_pages_in_the_order_of_the_names(models, artifact, monkeypatch):
    fast = Model.load(artifact)
    monkeypatch.setattr(Model, "load", lambda folder: fast)
    names = [f"{number:04}" for number in range(PAGE * 2 + 1)]
    for name in reversed(names):
        models.load(name, artifact)
    first, token = models.page()
    second, token = models.page(token)
    third, end = models.page(token)
    assert [len(page) for page in (first, second, third)] == [PAGE, PAGE, 1]
    assert end is None
    assert first + second + third == [(name, artifact) for name in names]


def test_a_page_goes_on_where_the_one_before_ended_though_that_model_has_gone(models, artifact):
    for name in ("a", "b", "c"):
        models.load(name, artifact)
    models.unload("b")
    assert models.page("b") == ([("c", artifact)], None)


@pytest.mark.parametrize("compiled", [True, False])
def test_what_is_counted_is_by_what_will_be_in_memory(tmp_path, monkeypatch, compiled):
    monkeypatch.setattr(module, "load_kernel", lambda: compiled or None)
    assert needed_bytes(tmp_path) == EACH_BYTES
    (tmp_path / FOREST_FILE).write_bytes(b"x" * 10)
    (tmp_path / MODEL_FILE).write_bytes(b"x" * 100)
    assert needed_bytes(tmp_path) == EACH_BYTES + 20 + (0 if compiled else 600)
    (tmp_path / FOREST_FILE).unlink()
    assert needed_bytes(tmp_path) == EACH_BYTES + 600


def test_a_folder_that_is_not_there_is_for_loading_to_refuse(tmp_path):
    assert needed_bytes(tmp_path / "none") == 0
