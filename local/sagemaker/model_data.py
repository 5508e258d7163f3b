"""Model artifacts: fetched from the local cloud's S3 as the execution role, unpacked once."""

import hashlib
import io
import shutil
import tarfile
import threading
import zlib
from pathlib import Path

from local.principal import Principal
from local.sagemaker.instance import DeploymentError
from local.sagemaker.storage import Storage, StorageError


class ModelData:
    """The unpacked artifacts of the local cloud, under `directory`."""

    def __init__(self, storage: Storage, directory: Path) -> None:
        self._storage = storage
        self._directory = directory
        self._lock = threading.Lock()

    def unpack(self, principal: Principal, url: str) -> Path:
        """The folder with the files of the tar archive at an s3:// address.

        Raises DeploymentError if there is no such object or it is no archive.
        """
        try:
            archive = self._storage.get(principal, url)
        except StorageError as error:
            raise DeploymentError(f"ModelDataUrl: {error}") from error
        folder = self._directory / hashlib.sha256(archive).hexdigest()
        with self._lock:
            if not folder.exists():
                self._extract(archive, folder, url)
        return folder

    def unpack_below(self, principal: Principal, url: str, target: str) -> Path:
        """The folder of one of the archives below an s3:// address. target: how it goes on there.

        Raises DeploymentError as `unpack`, and for a target that leads out of the address.
        """
        if {".", ".."} & {*target.split("/")}:  # S3 itself would take it for a part of the key
            raise DeploymentError(f"TargetModel: {target} is not below ModelDataUrl.")
        return self.unpack(principal, url + target)

    def check_prefix(self, principal: Principal, url: str) -> None:
        """Raises DeploymentError unless something lies below an s3:// address.

        Which call SageMaker makes to know that is not confirmed.
        """
        try:
            self._storage.check_prefix(principal, url)
        except StorageError as error:
            raise DeploymentError(f"ModelDataUrl: {error}") from error

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
