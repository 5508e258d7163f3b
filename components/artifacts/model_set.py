"""The models of a multi-model endpoint: objects beside each other below one prefix.

https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from components.artifacts.artifact import PackedArtifact
from components.artifacts.remote_artifact import RemoteArtifact

StoredArtifact = PackedArtifact | RemoteArtifact
"""What the stack's own bucket gets a copy of."""


@dataclass(frozen=True)
class ModelSet:
    """Models that share a container, by the names that the config has for them."""

    models: Mapping[str, StoredArtifact]

    @property
    def sha256(self) -> str:
        """Of names and contents (hex): with another model of one name, it is another set.

        The objects lie below it, so what an endpoint serves changes by a roll-out and never under
        it, and a roll-back finds all models of before.
        """
        contents = {name: model.sha256 for name, model in self.models.items()}
        return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def file_name(model: str) -> str:
    """The object of a model below its set's prefix, by which SageMaker calls it: TargetModel.

    https://docs.aws.amazon.com/sagemaker/latest/dg/invoke-multi-model-endpoint.html
    """
    return f"{model}.tar.gz"
