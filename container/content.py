"""Which files the container image is built from, and the one hash that stands for all of them.

`python -m container.content` prints it; it is the tag that `make image` gives. Two trees with the
same hash build the same server, so whoever records it with a published image can tell later
whether a tree is still what was published. Standard library only: others than the image read it.
"""

import hashlib
import sys
from pathlib import Path


def content_files(repository: Path) -> dict[str, str]:
    """SHA-256 (lower-case hex) by path of every file that has a part in the image, sorted.

    Those are all of `container/`, the Dockerfile and the locked dependencies among them, but
    hidden files and what Python caches: `container/.dockerignore` says the same to the builder.
    Paths are relative to the repository's root, with slashes.
    """
    paths = (path.relative_to(repository) for path in (repository / "container").rglob("*"))
    return {
        path.as_posix(): hashlib.sha256((repository / path).read_bytes()).hexdigest()
        for path in sorted(paths)
        if (repository / path).is_file()
        and not any(part.startswith(".") or part == "__pycache__" for part in path.parts)
    }


def content_hash(repository: Path) -> str:
    """SHA-256 (lower-case hex) over content_files, a line for each as `sha256sum` prints it."""
    lines = (f"{sha256}  {path}\n" for path, sha256 in content_files(repository).items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f"{content_hash(Path(__file__).parents[1])}\n")
