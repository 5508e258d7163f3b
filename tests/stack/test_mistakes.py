"""What happens when the config or the model is wrong: a sentence, and nothing created."""

import shutil
from pathlib import Path

from container.manifest import write_manifest
from tests.stack.conftest import REPOSITORY, LocalCloud, Route, project_with

BROKEN_MODEL = REPOSITORY / "build" / "broken"


def put(artifact: Path, project: Path) -> None:
    """Have a project take an artifact for the forest."""
    (project / "build").unlink()
    (project / "build").mkdir()
    (project / "build/iris-forest").symlink_to(artifact)
    (project / "build/iris-boosting").symlink_to(REPOSITORY / "build/iris-boosting")


def test_three_mistakes_are_named_in_one_error_and_nothing_is_created(
    cloud: LocalCloud, tmp_path: Path
):
    instances = {"type": "ml.m5.large", "min": 3, "max": 2, "spot": True}
    variant = {"artifact": "build/iris-forest", "instances": instances}
    endpoint = {"variants": {"forest": variant}, "scaling": {"target": "20/s"}}
    folder = project_with(tmp_path / "project", {"ml-gateway:endpoints": {"iris": endpoint}})
    up = cloud.pulumi("up", "--yes", "--skip-preview", "--stack", "local", folder=folder)
    assert up.returncode != 0
    assert "Traceback" not in up.stdout
    for line in (
        "ml-gateway:endpoints.iris.variants.forest.instances.max: 2.",
        "ml-gateway:endpoints.iris.variants.forest.instances.spot: ",
        'ml-gateway:endpoints.iris.scaling.target: "20/s".',
    ):
        assert line in up.stdout
    assert "3 mistakes" in up.stdout


def test_a_tampered_artifact_stops_the_preview(cloud: LocalCloud, tmp_path: Path):
    project = project_with(tmp_path / "project", {})
    artifact = tmp_path / "artifact"
    shutil.copytree(REPOSITORY / "build/iris-forest", artifact)
    with (artifact / "model.onnx").open("ab") as model:
        model.write(b"x")
    put(artifact, project)
    preview = cloud.pulumi("preview", "--stack", "local", folder=project)
    assert preview.returncode != 0
    assert "model.onnx" in preview.stdout
    assert "Traceback" not in preview.stdout


def test_a_roll_out_that_fails_is_not_reported_as_a_success(
    cloud: LocalCloud, route: Route, tmp_path: Path
):
    project = project_with(tmp_path / "project", {})
    artifact = tmp_path / "artifact"
    shutil.copytree(REPOSITORY / "build/iris-forest", artifact)
    for name in ("model.onnx", "forest.bin"):  # one of them is served, by what the machine has
        (artifact / name).write_bytes(b"no model")
    (artifact / "manifest.json").unlink()
    write_manifest(artifact)
    put(artifact, project)

    for _ in range(2):  # once is not enough: what was wanted is not there the second time either
        failed = cloud.up(folder=project)
        assert failed.returncode != 0
        assert "wanted is ml-gateway-local-iris-" in failed.stdout
        assert "before it passed the ping health check" in failed.stdout
    body = '{"instances":[[5.1,3.5,1.4,0.2]]}'
    assert route.post(body).status == 200, "the old fleet goes on serving"

    mended = cloud.up()
    assert mended.returncode == 0, mended.stdout
    assert route.post(body).status == 200
