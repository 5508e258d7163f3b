"""A model artifact, small enough to read."""

from pathlib import Path

from container.manifest import write_manifest

CONTENT = {
    "model.onnx": b"trees",
    "signature.json": b'{"features": [{"name": "width"}, {"name": "length"}], "classes": ["a"]}\n',
    "sample.json": b'{"instances": [[1.5, 2.0]], "labels": ["a"]}\n',
}


def write_artifact(folder: Path) -> Path:
    """Makes the folder, with CONTENT and its manifest in it."""
    folder.mkdir(parents=True)
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    write_manifest(folder)
    return folder
