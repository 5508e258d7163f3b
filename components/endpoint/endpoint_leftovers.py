"""What updates of an endpoint leave behind, and who removes it.

The program retains each replaced configuration, model and artifact, since an automatic roll-back
returns to them. Here the ones go that nothing can return to any more.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from components.content import ID_LENGTH
from components.endpoint.live_endpoint import is_missing

_AUTOMATIC_NAME = rf"-[0-9a-f]{{{ID_LENGTH}}}-[0-9a-f]{{7}}"
"""What follows the endpoint's name: a configuration's content id, and Pulumi's random suffix."""


@dataclass(frozen=True)
class Leftovers:
    """Everything of one endpoint that its updates may have left behind."""

    sagemaker: Any
    """A boto3 client."""
    s3: Any
    """A boto3 client."""
    endpoint_name: str
    """Physical name of the endpoint; its configurations begin with it."""
    models_begin_with: str
    """Beginning of the names of its models, which other stacks' models may share."""
    role_arn: str
    """Its execution role: what tells its models from others."""
    artifact_bucket: str
    """Its artifacts lie there below its name."""

    def prune(self, wanted: str, before: str | None) -> None:
        """Removes all but what is live, wanted, or was live before.

        wanted, before: names of configurations; before is None where nobody knows.
        """
        live = self.sagemaker.describe_endpoint(EndpointName=self.endpoint_name)
        kept = {live["EndpointConfigName"], wanted}
        others = [name for name in self._configurations() if name not in kept]
        self._remove_all_but(kept | ({before} if before in others else set(others[:1])))

    def remove(self) -> None:
        """Removes everything, once the endpoint is gone."""
        self._remove_all_but(set())

    def _remove_all_but(self, kept: Collection[str]) -> None:
        """Removes all configurations but the kept ones, then what none of those uses.

        What they use is asked of themselves: a list may lack what is new, or was made by hand. All
        of it is known before anything goes.
        """
        used = {variant["ModelName"] for name in kept for variant in self._variants(name)}
        artifacts = {_artifact_address(self._model(name)) for name in used}
        configurations = [name for name in self._configurations() if name not in kept]
        models = [name for name in self._models() if name not in used]
        for name in configurations:
            self.sagemaker.delete_endpoint_config(EndpointConfigName=name)
        for name in models:
            self.sagemaker.delete_model(ModelName=name)
        for key in self._artifacts():
            if not _is_read(f"s3://{self.artifact_bucket}/{key}", artifacts):
                self.s3.delete_object(Bucket=self.artifact_bucket, Key=key)

    def _configurations(self) -> list[str]:
        """Names of the endpoint's configurations, the youngest first."""
        pages = self.sagemaker.get_paginator("list_endpoint_configs").paginate(
            NameContains=self.endpoint_name, SortBy="CreationTime", SortOrder="Descending"
        )
        names = [found["EndpointConfigName"] for page in pages for found in page["EndpointConfigs"]]
        pattern = re.compile(re.escape(self.endpoint_name) + _AUTOMATIC_NAME)
        return [name for name in names if pattern.fullmatch(name)]

    def _variants(self, configuration: str) -> list[dict[str, Any]]:
        found = self.sagemaker.describe_endpoint_config(EndpointConfigName=configuration)
        return [*found["ProductionVariants"], *found.get("ShadowProductionVariants", [])]

    def _model(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.sagemaker.describe_model(ModelName=name)
        return found

    def _models(self) -> list[str]:
        """Names of the endpoint's models."""
        pages = self.sagemaker.get_paginator("list_models").paginate(
            NameContains=self.models_begin_with
        )
        names = [found["ModelName"] for page in pages for found in page["Models"]]
        return [name for name in names if self._is_ours(name)]

    def _is_ours(self, model: str) -> bool:
        try:
            found = self._model(model)
        except ClientError as error:
            if not is_missing(error):
                raise
            return False  # of another stack, which has removed it since it was listed
        return bool(found["ExecutionRoleArn"] == self.role_arn)

    def _artifacts(self) -> list[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.artifact_bucket, Prefix=f"{self.endpoint_name}/"
        )
        return [found["Key"] for page in pages for found in page.get("Contents", [])]


def _artifact_address(model: Mapping[str, Any]) -> str | None:
    """Where the artifact lies that a model reads; None for one from the registry.

    That of a multi-model container is a prefix, which ends in a slash. model: an answer of
    DescribeModel.
    """
    address: str | None = model.get("PrimaryContainer", {}).get("ModelDataUrl")
    return address


def _is_read(address: str, artifacts: Collection[str | None]) -> bool:
    """Whether an object is an artifact that is used, or below the prefix of several."""
    folder = address.rpartition("/")[0] + "/"
    return address in artifacts or folder in artifacts
