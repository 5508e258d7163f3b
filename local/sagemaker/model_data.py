"""Model artifacts: fetched from the local cloud's S3 as the execution role, unpacked once."""

import hashlib
import io
import shutil
import tarfile
import threading
import zlib
from pathlib import Path
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from local.aws import Aws
from local.call_log import CallLog
from local.principal import Principal
from local.sagemaker.instance import DeploymentError


class ModelData:
    """The unpacked artifacts of the local cloud, under `directory`."""

    def __init__(self, aws: Aws, directory: Path, calls: CallLog) -> None:
        self._aws = aws
        self._directory = directory
        self._calls = calls
        self._lock = threading.Lock()

    def unpack(self, principal: Principal, url: str) -> Path:
        """The folder with the files of the tar archive at an s3:// address.

        Raises DeploymentError if there is no such object or it is no archive.
        """
        archive = self._fetch(principal, url)
        folder = self._directory / hashlib.sha256(archive).hexdigest()
        with self._lock:
            if not folder.exists():
                self._extract(archive, folder, url)
        return folder

    def _fetch(self, principal: Principal, url: str) -> bytes:
        address = urlsplit(url)
        key = address.path.removeprefix("/")
        if address.scheme != "s3" or not address.netloc or not key:
            raise DeploymentError(f"ModelDataUrl: {url} is no address. Allowed: s3://bucket/key.")
        arn = f"arn:aws:s3:::{address.netloc}/{key}"
        request = {"Bucket": address.netloc, "Key": key}
        try:
            content: bytes = self._aws.call("s3", "GetObject", request)["Body"].read()
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            self._calls.record(principal, "s3:GetObject", arn, status)
            raise DeploymentError(f"ModelDataUrl: {url} cannot be read: {error}") from error
        self._calls.record(principal, "s3:GetObject", arn, 200)
        return content

    def _extract(self, archive: bytes, folder: Path, url: str) -> None:
        partial = folder.with_suffix(".partial")
        partial.mkdir(parents=True, exist_ok=True)
        try:
            with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
                tar.extractall(partial, filter="data")
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            shutil.rmtree(partial)
            message = f"ModelDataUrl: {url} is no gzipped tar archive: {error}"
            raise DeploymentError(message) from error
        partial.rename(folder)
