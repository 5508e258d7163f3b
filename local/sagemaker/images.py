"""Which code an image stands for: on this machine there is this tree's, and no other."""

import json
from collections.abc import Mapping
from pathlib import Path

from local.published import PUBLISHED, tree_content
from local.sagemaker.instance import REPOSITORY, DeploymentError


class Images:
    """projects: the shadows, whose published.json say what images were built from."""

    def __init__(self, projects: Path) -> None:
        self._projects = projects

    def check(self, image: str) -> None:
        """Raises DeploymentError for an image that was built from other code than this tree's.

        image: as a model names it. What no project has published is not judged.
        """
        built_from = self._recorded(image.partition("@")[2])
        if built_from is None:
            return
        here: Mapping[str, str] = tree_content(REPOSITORY)["files"]
        if differing := sorted(
            name for name in {*built_from, *here} if built_from.get(name) != here.get(name)
        ):
            raise DeploymentError(
                f"Image {image} was built from other code than this tree's: {', '.join(differing)} "
                "differ. Allowed: the code that it was built from, since no image runs on this "
                "machine. Publish this tree (make publish), or check that code out."
            )

    def _recorded(self, digest: str) -> Mapping[str, str] | None:
        """The files of a published image; None if no project has published it."""
        for path in self._projects.glob(f"*/{PUBLISHED}"):
            for publication in json.loads(path.read_text()).values():
                image = publication["image"] or {}
                if image.get("digest") == digest:
                    files: Mapping[str, str] = image["files"]
                    return files
        return None
