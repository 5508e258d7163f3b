"""The official release of the engine: downloaded, verified and unpacked into the user's cache.

Where it is and how its files are named: https://www.pulumi.com/docs/install/versions/
"""

import hashlib
import platform
import shutil
import tarfile
import zlib
from pathlib import Path

from local.engine.cache import ENGINE_NAME, EXECUTOR_NAME, is_complete, locked, replaced
from local.engine.download import download
from local.engine.errors import UnavailableError
from local.engine.installed import HOST_NAME
from local.engine.module import EngineModule
from local.engine.progress import Progress
from local.engine.version import Version

RELEASES_URL = "https://get.pulumi.com/releases/sdk"
RELEASE_FILES = (ENGINE_NAME, HOST_NAME, EXECUTOR_NAME)
"""What is kept of a release: not its other languages, and it starts policy packs by its host."""

PINNED_CHECKSUMS = "checksums.txt"
"""Lies beside go.mod. Its lines are those of the release's own checksum file."""

ANSWER_SECONDS = 5.0
"""Until the checksum file, which is small, has come: tells quickly whether the host is in reach."""

_DOWNLOAD_SECONDS = 300.0  # a build takes about as long
_QUIET_SECONDS = 2.0
_ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def release_name(
    version: Version, system: str = platform.system(), machine: str = platform.machine()
) -> str:
    """Name a release as Pulumi does, such as "pulumi-v3.259.0-linux-x64".

    system, machine: as `uname` prints them; this machine's unless given.
    """
    return f"pulumi-v{version}-{system.lower()}-{_ARCHITECTURES.get(machine, machine)}"


def download_release(
    module: EngineModule,
    folder: Path,
    progress: Progress,
    releases_url: str = RELEASES_URL,
    answer_seconds: float = ANSWER_SECONDS,
) -> None:
    """Put the release that `module` pins into `folder`, unless another process just did.

    Its archive must have the SHA-256 that is pinned and published. Raises UnavailableError if
    it has not or cannot be had: then `folder` is as it was before.
    """
    archive = f"{release_name(module.version)}.tar.gz"
    pins = module.folder / PINNED_CHECKSUMS
    pinned = _checksum(pins, archive, f"{pins} pins")
    checksums_url = f"{releases_url}/pulumi-{module.version}-checksums.txt"
    try:
        with locked(folder, progress):
            if is_complete(folder, RELEASE_FILES):
                return
            with replaced(folder) as scratch:
                checksums = scratch / PINNED_CHECKSUMS
                with progress.task(f"Waiting for {checksums_url}", _QUIET_SECONDS):
                    download(checksums_url, checksums, answer_seconds, progress)
                published = _checksum(checksums, archive, f"{checksums_url} lists")
                if published != pinned:
                    raise UnavailableError(
                        f"{checksums_url} gives {archive} the SHA-256 {published}, "
                        f"but {pins} pins {pinned}"
                    )
                with progress.task(f"Downloading the Pulumi engine {module.version}"):
                    url = f"{releases_url}/{archive}"
                    download(url, scratch / archive, _DOWNLOAD_SECONDS, progress)
                    _unpack(scratch / archive, pinned, scratch / "engine")
    except OSError as error:
        raise UnavailableError(f"it cannot be kept in {folder.parent}: {error}") from error


def _checksum(path: Path, archive: str, who: str) -> str:
    """Read one SHA-256 from a file in the format of `sha256sum`; who: for the error, with a verb.

    https://www.gnu.org/software/coreutils/manual/html_node/md5sum-invocation.html
    """
    try:
        text = path.read_text(errors="replace")
    except OSError as error:
        raise UnavailableError(f"{path} cannot be read: {error.strerror}") from error
    for line in text.splitlines():
        checksum, _, name = line.partition(" ")
        if name[:1] in (" ", "*") and name[1:] == archive:
            return checksum
    raise UnavailableError(f"{who} no SHA-256 of {archive}")


def _unpack(archive: Path, pinned: str, target: Path) -> None:
    """Copy RELEASE_FILES out of the archive if its SHA-256 is the pinned one.

    They are written under their own names, whatever else the archive names: nothing in it can
    lead out of `target`. https://docs.python.org/3/library/tarfile.html#tarfile.TarFile.extract
    """
    with archive.open("rb") as file:
        seen = hashlib.file_digest(file, "sha256").hexdigest()
        if seen != pinned:
            raise UnavailableError(f"{archive.name} came with the SHA-256 {seen}, not {pinned}")
        file.seek(0)
        wanted = {f"pulumi/{name}": target / name for name in RELEASE_FILES}
        try:
            with tarfile.open(fileobj=file, mode="r:gz") as tar:
                for member in tar:
                    if member.name in wanted:
                        _copy(tar, member, wanted.pop(member.name))
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise UnavailableError(f"{archive.name} cannot be unpacked: {error}") from error
    if wanted:
        raise UnavailableError(f"{archive.name} lacks {', '.join(wanted)}")


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    content = tar.extractfile(member) if member.isreg() else None
    if content is None:  # a link could stand for any file of this machine
        raise UnavailableError(f"{member.name} in the archive is no regular file")
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    target.chmod(0o755)
