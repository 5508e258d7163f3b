"""The way to the local cloud's APIs: boto3 with nothing to reach but that cloud."""

import threading
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config

ACCOUNT_ID = "123456789012"
"""The one account of the local cloud; moto's default, and AWS's own example account."""

# A missing operation answers 500, which botocore would otherwise retry for seconds.
_CONFIG = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})


class Aws:
    """Calls any operation of any service of the local cloud.

    endpoint_url: the control plane. gateway_url: where deployed REST APIs answer.
    region: where the resources live.
    """

    account_id = ACCOUNT_ID

    def __init__(self, endpoint_url: str, gateway_url: str, region: str) -> None:
        self.endpoint_url = endpoint_url
        self.gateway_url = gateway_url
        self.region = region
        self._session = boto3.Session()
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def call(self, service: str, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The operation's answer. Raises botocore's ClientError for an AWS error."""
        method = getattr(self.client(service), xform_name(operation))
        answer: dict[str, Any] = method(**request)
        answer.pop("ResponseMetadata", None)
        return answer

    def client(self, service: str) -> Any:
        """A client of `service`, made once; a client is for many threads, its making is not."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._session.client(
                    service,
                    region_name=self.region,
                    endpoint_url=self.endpoint_url,
                    aws_access_key_id="local",
                    aws_secret_access_key="local",  # noqa: S106 - worth nothing anywhere else
                    config=_CONFIG,
                )
            return self._clients[service]
