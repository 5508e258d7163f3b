"""scripts/image.sh, with programs that print how they were called in the place of the builders."""

import os
import subprocess
from pathlib import Path

import pytest

from container.content import content_hash

REPOSITORY = Path(__file__).parents[3]
TAG = f"ml-gateway:{content_hash(REPOSITORY)}"
COMMON = f"--build-arg BASE=x --platform linux/arm64 --tag {TAG} container"
FIXED = {
    "docker": "buildx build --output type=docker --provenance=false "
    "--build-arg SOURCE_DATE_EPOCH=0",
    "podman": "build --format docker --timestamp 0",
    "buildah": "build --format docker --timestamp 0",
}


@pytest.fixture
def build(tmp_path):
    def build(*builders: str, docker_runs: bool = True) -> subprocess.CompletedProcess[str]:
        for name in builders:
            program = tmp_path / name
            program.write_text(
                f'#!/bin/sh\n[ "$1" = info ] && exit {int(not docker_runs)}\necho "{name} $*"\n'
            )
            program.chmod(0o755)
        return subprocess.run(
            ["scripts/image.sh", "--build-arg", "BASE=x"],
            cwd=REPOSITORY,
            env={**os.environ, "PATH": str(tmp_path), "ARCHITECTURE": "arm64"},
            capture_output=True,
            text=True,
            check=False,
        )

    return build


@pytest.mark.parametrize("builder", FIXED)
def test_each_builder_makes_one_image_in_dockers_format_and_tags_it_by_its_content(build, builder):
    built = build(builder)
    assert built.returncode == 0
    assert built.stdout == f"{builder} {FIXED[builder]} {COMMON}\n{TAG}\n"


def test_the_first_of_several_builders_is_taken(build):
    assert build("docker", "podman", "buildah").stdout.startswith("docker buildx ")


def test_docker_without_its_daemon_is_passed_over(build):
    assert build("docker", "podman", "buildah", docker_runs=False).stdout.startswith("podman ")


def test_no_builder_is_said_in_a_sentence(build):
    failed = build()
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr == (
        "No running docker, no podman, no buildah: one of them builds images. Install one.\n"
    )
