"""SageMaker's endpoint configurations: records of what an endpoint is to be."""

from collections.abc import Mapping

from local.clock import Clock
from local.control.records import Record, Records
from local.control.sagemaker.combinations import all_variants, check_combination
from local.control.sagemaker.listing import listed
from local.control.sagemaker.members import Members, invalid, members
from local.control.sagemaker.models import Models
from local.control.service import Handler
from local.control.tags import Tags

_CONFIGURATION = members(
    "endpoint configurations",
    needed="EndpointConfigName ProductionVariants",
    taken="ShadowProductionVariants DataCaptureConfig AsyncInferenceConfig KmsKeyId Tags",
)
_INSTANCE_VARIANT = members(
    "variants with instances",
    needed="VariantName ModelName InitialInstanceCount InstanceType",
    taken="""
        InitialVariantWeight VolumeSizeInGB ModelDataDownloadTimeoutInSeconds
        ContainerStartupHealthCheckTimeoutInSeconds
    """,
)
_SERVERLESS_VARIANT = members(
    "serverless variants",
    needed="VariantName ModelName ServerlessConfig",
    taken="InitialVariantWeight",
)
_SERVERLESS = members(
    "serverless configurations",
    needed="MemorySizeInMB MaxConcurrency",
    taken="ProvisionedConcurrency",
)
_CAPTURE = members(
    "data capture",
    needed="InitialSamplingPercentage DestinationS3Uri CaptureOptions",
    taken="EnableCapture KmsKeyId CaptureContentTypeHeader",
)
_ASYNC = members("asynchronous inference", needed="OutputConfig", taken="ClientConfig")
_ASYNC_OUTPUT = members(
    "asynchronous inference's output",
    needed="S3OutputPath",
    taken="S3FailurePath KmsKeyId",
)


class Configurations:
    """The configurations of one region. arn: what the ARNs of its resources begin with."""

    def __init__(self, arn: str, clock: Clock, models: Models, tags: Tags) -> None:
        self._arn = f"{arn}:endpoint-config/"
        self._clock = clock
        self._models = models
        self._tags = tags
        self._records = Records(
            "endpoint configuration",
            missing="ValidationException",
            taken="ValidationException",
            shown=lambda name: f'"{self._arn_of(name)}"',
        )

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateEndpointConfig": self._create,
            "DescribeEndpointConfig": lambda request: self.describe(request["EndpointConfigName"]),
            "ListEndpointConfigs": lambda request: listed(
                request,
                (record for _, record in self._records),
                result="EndpointConfigs",
                name="EndpointConfigName",
                arn="EndpointConfigArn",
                order="Descending",
            ),
            "DeleteEndpointConfig": self._delete,
        }

    def describe(self, name: str) -> Record:
        """A configuration as DescribeEndpointConfig has it. Raises AwsError if there is none."""
        return self._records.get([name])

    def arns(self) -> set[str]:
        """The ARNs of all configurations."""
        return {record["EndpointConfigArn"] for _, record in self._records}

    def _create(self, request: Record) -> Record:
        _check_members(request)
        models = {
            variant["ModelName"]: self._models.describe(variant["ModelName"])
            for variant in all_variants(request)
        }
        check_combination(request, models)
        name = request["EndpointConfigName"]
        arn = self._arn_of(name)
        kept = {member: value for member, value in request.items() if member != "Tags"}
        stamped = {"EndpointConfigArn": arn, "CreationTime": self._clock()}
        self._records.create([name], kept | stamped)
        self._tags.add(arn, request.get("Tags", []))
        return {"EndpointConfigArn": arn}

    def _delete(self, request: Record) -> None:
        """Also one that is in use: AWS warns against it in its documentation, and does it.

        The endpoint then cannot be updated any more.
        https://github.com/hashicorp/terraform-provider-aws/issues/40048
        """
        self._records.delete([request["EndpointConfigName"]])
        self._tags.forget(self._arn_of(request["EndpointConfigName"]))

    def _arn_of(self, name: str) -> str:
        return self._arn + name.lower()


def _check_members(request: Record) -> None:
    _CONFIGURATION.check(request)
    for variant in all_variants(request):
        if "ServerlessConfig" in variant:
            _SERVERLESS_VARIANT.check(variant)
            _SERVERLESS.check(variant["ServerlessConfig"])
        else:
            _INSTANCE_VARIANT.check(variant)
    _check_part(request, "DataCaptureConfig", _CAPTURE)
    if "AsyncInferenceConfig" in request:
        _check_part(request, "AsyncInferenceConfig", _ASYNC)
        _ASYNC_OUTPUT.check(request["AsyncInferenceConfig"]["OutputConfig"])
    for option in request.get("DataCaptureConfig", {}).get("CaptureOptions", []):
        if option["CaptureMode"] not in ("Input", "Output", "InputAndOutput"):
            raise invalid(
                f"CaptureMode {option['CaptureMode']}. Allowed: Input, Output, InputAndOutput."
            )


def _check_part(request: Record, member: str, allowed: Members) -> None:
    if member in request:
        allowed.check(request[member])
