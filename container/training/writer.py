"""Writes the artifact of a classifier of scikit-learn: the one function for a model of one's own.

What is written is a function of the arguments and the pinned libraries: two runs write the same
bytes. Nothing is pickled. Every file that the server predicts or explains with is read back as the
server reads it and compared with scikit-learn, row by row, before the artifact takes its place.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from container.artifact import MODEL_FILE, SAMPLE_FILE, SIGNATURE_FILE, Sample
from container.explain.conformal import CONFORMAL_FILE, Conformal
from container.explain.trees import write_nodes
from container.forest.export import flatten
from container.forest.flat import FOREST_FILE
from container.manifest import write_manifest
from container.signature import Signature
from container.training.baseline import BASELINE_FILE, baseline
from container.training.champion import compare
from container.training.conversion import to_onnx_bytes
from container.training.evaluation import Evaluation, evaluate
from container.training.folder import check_path, replacing
from container.training.progress import step
from container.training.report import METRICS_FILE, Json, report
from container.training.table import Dataset
from container.training.tree_nodes import explained_trees
from container.training.verification import ONNX_TOLERANCE, verify_model

COVERAGE = 0.9
"""Of the conformal sets."""


def write_artifact(
    output: Path,
    classifier: Any,
    dataset: Dataset,
    *,
    sample: Sample | None = None,
    champion: Path | None = None,
) -> Json:
    """Train a classifier, evaluate it, and write all files of its artifact; returns its metrics.

    output: a folder that is made, empty, or an artifact to replace; it stays as it was unless all
    checks pass. classifier: of scikit-learn, fitted or not; copies of it are fitted.
    sample: rows that the model must give these labels; without one, rows that it is surest of.
    champion: an artifact to compare with.

    Raises DatasetError for rows that cannot be learnt from, EstimatorError for what is no
    classifier with probabilities, ConversionError for one that skl2onnx does not know, ParityError
    for one that would not be served as it was trained, FolderError for an output that is something
    else, ManifestError or ArtifactError for a champion that is no artifact.
    """
    check_path("output", output)
    if champion is not None:
        check_path("champion", champion)
    with replacing(output) as folder:  # first: a wrong output is not worth a training
        evaluation = evaluate(classifier, dataset)
        step("Computing metrics, and what sets and drift are measured by")
        comparison = compare(champion, dataset, evaluation) if champion else None
        metrics = report(dataset, evaluation, comparison)
        signature = Signature(dataset.features, evaluation.labels)
        texts = {
            SIGNATURE_FILE: signature.to_json(),
            SAMPLE_FILE: (sample or _sample(dataset, evaluation)).to_json(),
            CONFORMAL_FILE: _conformal(evaluation).to_json(),
            BASELINE_FILE: json.dumps(baseline(dataset, evaluation)) + "\n",
            METRICS_FILE: json.dumps(metrics, indent=2) + "\n",
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        _write_model(folder, evaluation.model, signature)
        write_manifest(folder)
        verify_model(folder, signature, evaluation.model, dataset)
    return metrics


def _conformal(evaluation: Evaluation) -> Conformal:
    """Calibrated on the held-out rows, of which the model knows nothing."""
    of_truth = evaluation.probabilities[np.arange(len(evaluation.truth)), evaluation.truth]
    scores = (1 - of_truth[evaluation.held_out]).tolist()
    return Conformal.calibrated(scores, COVERAGE, ONNX_TOLERANCE)


def _sample(dataset: Dataset, evaluation: Evaluation) -> Sample:
    """For each label the row that the model is surest of, where it gives any row that label."""
    probabilities = evaluation.model.predict_proba(dataset.rows)
    surest = probabilities.argmax(axis=0)
    rows = sorted(
        {int(row) for label, row in enumerate(surest) if probabilities[row].argmax() == label}
    )
    winners = probabilities[rows].argmax(axis=1)
    return Sample(
        [dataset.as_sent(row) for row in rows],
        tuple(evaluation.labels[winner] for winner in winners),
    )


def _write_model(folder: Path, model: Any, signature: Signature) -> None:
    step("Converting to ONNX")
    (folder / MODEL_FILE).write_bytes(to_onnx_bytes(model, len(signature.features)))
    if isinstance(model, RandomForestClassifier | ExtraTreesClassifier):
        flatten(model).write(folder / FOREST_FILE)
    if (trees := explained_trees(model)) is not None:
        name, nodes = trees
        write_nodes(folder / name, nodes)
