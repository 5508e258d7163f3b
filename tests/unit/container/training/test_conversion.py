"""What is converted predicts as scikit-learn does; what differs in one row is refused."""

import numpy as np
import onnx
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from container.artifact import MODEL_FILE
from container.onnx_model import OnnxModel
from container.signature import Signature
from container.training.conversion import ConversionError, to_onnx_bytes
from container.training.dataset import iris
from container.training.table import table
from container.training.verification import (
    ONNX_TOLERANCE,
    ParityError,
    check_parity,
    rows_to_compare,
)


def towns():
    """Numbers and texts, and labels that depend on both."""
    generator = np.random.default_rng(0)
    ages = generator.normal(40, 10, 300).round(1).tolist()
    names = generator.choice(["Bonn", "Kiel", "Ulm"], 300).tolist()
    labels = ["yes" if age + 9 * (name == "Ulm") > 42 else "no"
              for age, name in zip(ages, names, strict=True)]  # fmt: skip
    return table(["age", "town"], list(zip(ages, names, strict=True)), labels)


def one_hot(*others):
    return ColumnTransformer(
        [("towns", OneHotEncoder(handle_unknown="ignore"), [1]), *others], remainder="passthrough"
    )


SOUND = {
    "random forest": (RandomForestClassifier(20, random_state=0), iris),
    "extra trees": (ExtraTreesClassifier(20, random_state=0), iris),
    "boosting": (GradientBoostingClassifier(n_estimators=20, random_state=0), iris),
    "histogram boosting": (HistGradientBoostingClassifier(max_iter=20, random_state=0), iris),
    "linear": (LogisticRegression(max_iter=1_000), iris),
    "scaled": (make_pipeline(StandardScaler(), LogisticRegression()), iris),
    "calibrated": (CalibratedClassifierCV(LinearSVC()), iris),
    "calibrated ridge": (CalibratedClassifierCV(RidgeClassifier()), iris),
    "scaled and encoded": (
        make_pipeline(one_hot(("age", StandardScaler(), [0])), LogisticRegression()),
        towns,
    ),
    "encoded, forest": (make_pipeline(one_hot(), RandomForestClassifier(20)), towns),
    "encoded, boosting": (make_pipeline(one_hot(), GradientBoostingClassifier()), towns),
    "encoded, histogram": (make_pipeline(one_hot(), HistGradientBoostingClassifier()), towns),
}

DIFFERENT = {
    "scaled forest": (
        make_pipeline(StandardScaler(), RandomForestClassifier(50, random_state=0)),
        iris,
    ),
    "sets of categories": (
        HistGradientBoostingClassifier(max_iter=20, categorical_features=[1]),
        towns,
    ),
}


def converted(folder, model, dataset):
    path = folder / MODEL_FILE
    path.write_bytes(to_onnx_bytes(model, len(dataset.features)))
    return OnnxModel(path, Signature(dataset.features, tuple(map(str, model.classes_))))


@pytest.mark.parametrize("name", SOUND)
def test_a_converted_model_predicts_as_scikit_learn_does(tmp_path, name):
    model, data = SOUND[name]
    dataset = data()
    model.fit(dataset.rows, dataset.labels)
    seen = converted(tmp_path, model, dataset)
    check_parity(seen, model, rows_to_compare(dataset, model), ONNX_TOLERANCE)


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_converted_model_that_takes_other_branches_is_refused(tmp_path, name):
    model, data = DIFFERENT[name]
    dataset = data()
    model.fit(dataset.rows, dataset.labels)
    seen = converted(tmp_path, model, dataset)
    with pytest.raises(ParityError, match="Usual causes: a scaler before trees"):
        check_parity(seen, model, rows_to_compare(dataset, model), ONNX_TOLERANCE)


def test_a_model_that_the_converter_does_not_know_is_named():
    class Own(KNeighborsClassifier):  # type: ignore[misc]
        pass

    dataset = iris()
    with pytest.raises(ConversionError) as error:
        to_onnx_bytes(Own().fit(dataset.rows, dataset.labels), 4)
    assert str(error.value).startswith("Own: skl2onnx cannot convert it (")
    assert str(error.value).endswith("). Use one that docs/models.md names.")


def test_converting_leaves_the_model_as_it_was():
    dataset = iris()
    model = HistGradientBoostingClassifier(max_iter=5).fit(dataset.rows, dataset.labels)
    before = [tree.nodes.copy() for stage in model._predictors for tree in stage]
    to_onnx_bytes(model, 4)
    after = [tree.nodes for stage in model._predictors for tree in stage]
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


def test_the_model_is_written_in_one_operator_set_whatever_the_converter_knows(artifact):
    model = onnx.load(artifact / MODEL_FILE)
    assert {entry.version for entry in model.opset_import if not entry.domain} == {21}
