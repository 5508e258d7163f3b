import hashlib
import io
import subprocess
import sys
import tarfile
import threading

import pytest

from local.engine.errors import UnavailableError
from local.engine.module import MODULE_FOLDER, read_module
from local.engine.progress import Progress
from local.engine.release import download_release, release_name
from local.engine.version import Version

PLATFORMS = [
    ("Linux", "x86_64", "linux-x64"),
    ("Linux", "aarch64", "linux-arm64"),
    ("Darwin", "x86_64", "darwin-x64"),
    ("Darwin", "arm64", "darwin-arm64"),
]


@pytest.fixture
def folder(tmp_path, releases):
    return tmp_path / "cache" / release_name(releases.module.version)


@pytest.fixture
def fetch(releases, folder):
    """Download the release that the stand-in offers; answer what is said meanwhile."""

    def run(answer_seconds: float = 30.0) -> str:
        stream = io.StringIO()
        progress = Progress(stream, lambda: 0.0)
        download_release(releases.module, folder, progress, releases.url, answer_seconds)
        return stream.getvalue()

    return run


@pytest.fixture
def refusal(fetch, folder):
    """The reason why there is no release, once it is sure that nothing is left of it."""

    def run(answer_seconds: float = 30.0) -> str:
        with pytest.raises(UnavailableError) as caught:
            fetch(answer_seconds)
        assert [path.suffix for path in folder.parent.glob("*")] in ([".lock"], [])
        return str(caught.value)

    return run


@pytest.mark.parametrize(("system", "machine", "name"), PLATFORMS)
def test_a_release_is_named_as_pulumi_does(system, machine, name):
    assert release_name(Version(3, 259, 0), system, machine) == f"pulumi-v3.259.0-{name}"


@pytest.mark.parametrize(("system", "machine", "name"), PLATFORMS)
def test_the_version_of_go_mod_has_a_pinned_checksum_for_every_platform(system, machine, name):
    lines = (MODULE_FOLDER / "checksums.txt").read_text().splitlines()
    pins = {file: checksum for checksum, file in (line.split("  ") for line in lines)}
    archive = f"{release_name(read_module().version, system, machine)}.tar.gz"
    assert len(bytes.fromhex(pins[archive])) == hashlib.sha256().digest_size
    assert len(set(pins.values())) == len(PLATFORMS)


def test_a_verified_release_becomes_the_engine(fetch, folder, releases, archive):
    releases.publish(archive)
    assert fetch() == (
        "Downloading the Pulumi engine 3.259.0\n"
        "Downloading the Pulumi engine 3.259.0: done after 0 s\n"
    )
    assert releases.asked == [releases.checksums, releases.archive]
    version = subprocess.run([folder / "pulumi", "version"], capture_output=True, text=True)
    assert version.stdout == "v3.259.0\n"
    assert (folder / "pulumi-language-python-exec").read_text() == "the executor"


def test_only_what_python_needs_is_kept(fetch, folder, releases, archive):
    releases.publish(archive)
    fetch()
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "pulumi": 0o755,
        "pulumi-language-python": 0o755,
        "pulumi-language-python-exec": 0o755,
    }
    assert sorted(path.suffix for path in folder.parent.iterdir() if path != folder) == [".lock"]


def test_a_release_that_is_there_already_is_not_asked_for(fetch, releases, archive):
    releases.publish(archive)
    fetch()
    releases.asked.clear()
    assert fetch() == ""
    assert releases.asked == []


def test_an_archive_with_another_checksum_is_refused(refusal, releases, archive):
    pinned = releases.publish(archive)
    forged = releases.answers[releases.archive] = archive + b"!"
    seen = hashlib.sha256(forged).hexdigest()
    assert refusal() == f"{releases.archive} came with the SHA-256 {seen}, not {pinned}"


def test_an_archive_that_breaks_off_is_refused(refusal, releases, archive):
    def break_off(request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(archive)))
        request.end_headers()
        request.wfile.write(archive[:99])

    pinned = releases.publish(archive)
    releases.answers[releases.archive] = break_off
    seen = hashlib.sha256(archive[:99]).hexdigest()
    assert refusal() == f"{releases.archive} came with the SHA-256 {seen}, not {pinned}"


def test_a_release_that_was_replaced_with_its_checksum_is_not_even_downloaded(
    refusal, releases, archive
):
    pinned = releases.publish(archive)
    releases.answers[releases.checksums] = f"{'0' * 64}  {releases.archive}\n".encode()
    assert refusal() == (
        f"{releases.url}/{releases.checksums} gives {releases.archive} the SHA-256 {'0' * 64}, "
        f"but {releases.module.folder / 'checksums.txt'} pins {pinned}"
    )
    assert releases.asked == [releases.checksums]


@pytest.mark.parametrize("line", ["<html>Sign in to the guest network", "", "\xff"])
def test_a_checksum_file_without_the_archive_is_refused(refusal, releases, archive, line):
    releases.publish(archive)
    releases.answers[releases.checksums] = line.encode("latin-1")
    assert refusal() == (
        f"{releases.url}/{releases.checksums} lists no SHA-256 of {releases.archive}"
    )


def test_a_checksum_is_never_that_of_a_longer_name(refusal, releases, archive):
    releases.publish(archive)
    releases.answers[releases.checksums] = f"{'0' * 64}  {releases.archive}.sig\n".encode()
    assert refusal().endswith(f"lists no SHA-256 of {releases.archive}")


def test_without_a_pin_for_this_platform_nothing_is_asked_for(refusal, releases, archive):
    releases.publish(archive)
    pins = releases.module.folder / "checksums.txt"
    pins.write_text("0  pulumi-v3.259.0-windows-x64.zip\n")
    assert refusal() == f"{pins} pins no SHA-256 of {releases.archive}"
    assert releases.asked == []


def test_without_the_file_of_pins_nothing_is_asked_for(refusal, releases, archive):
    releases.publish(archive)
    pins = releases.module.folder / "checksums.txt"
    pins.unlink()
    assert refusal() == f"{pins} cannot be read: No such file or directory"
    assert releases.asked == []


def test_a_missing_archive_is_named(refusal, releases, archive):
    releases.publish(archive)
    del releases.answers[releases.archive]
    assert refusal() == f"{releases.url}/{releases.archive}: HTTP status 404"


def test_a_host_that_does_not_answer_in_time_is_given_up(refusal, releases, archive):
    releases.publish(archive)
    releases.answers[releases.checksums] = releases.hang
    assert refusal(0.2) == (f"{releases.url}/{releases.checksums}: did not come whole within 0.2 s")


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_a_program_that_is_no_regular_file_is_refused(refusal, releases, make_archive, kind):
    member = tarfile.TarInfo("pulumi/pulumi")
    member.type, member.linkname = kind, "/bin/sh"
    releases.publish(make_archive(member))
    assert refusal() == "pulumi/pulumi in the archive is no regular file"


@pytest.mark.parametrize(
    "name", ["{folder}/evil", "../evil", "pulumi/../../evil", "pulumi/pulumi/../../evil"]
)
def test_what_the_archive_names_outside_is_never_written(
    fetch, folder, releases, archive, make_archive, name, tmp_path
):
    member = tarfile.TarInfo(name.format(folder=tmp_path))
    names = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec")
    releases.publish(make_archive(member, **dict.fromkeys(names, "script")))
    fetch()
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert list(tmp_path.rglob("evil")) == []


def test_an_archive_that_lacks_a_program_is_refused(refusal, releases, make_archive):
    releases.publish(make_archive(pulumi="script"))
    assert refusal() == (
        f"{releases.archive} lacks pulumi/pulumi-language-python, "
        "pulumi/pulumi-language-python-exec"
    )


@pytest.mark.parametrize("cut", [0, 20, 99])
def test_an_archive_that_was_pinned_broken_is_refused(refusal, releases, archive, cut):
    releases.publish(archive[:cut])
    assert refusal().startswith(f"{releases.archive} ")


def test_a_cache_that_cannot_be_written_is_named(fetch, folder, releases, archive):
    releases.publish(archive)
    folder.parent.write_text("a file where the folder belongs")
    with pytest.raises(UnavailableError) as caught:
        fetch()
    assert str(caught.value) == (
        f"it cannot be kept in {folder.parent}: [Errno 17] File exists: '{folder.parent}'"
    )


def test_two_at_once_download_once(fetch, folder, releases, archive):
    releases.publish(archive)

    def slowly(request):
        second.start()
        request.send_response(200)
        request.end_headers()
        request.wfile.write(archive)

    releases.answers[releases.archive] = slowly
    second = threading.Thread(target=fetch)
    fetch()
    second.join()
    assert releases.asked == [releases.checksums, releases.archive]
    assert (folder / "pulumi").exists()


KILLED = """
import sys
from pathlib import Path
from local.engine.module import EngineModule
from local.engine.progress import Progress
from local.engine.release import download_release
from local.engine.version import Version
module, folder, url = sys.argv[1:]
version = Version(3, 259, 0)
pins = EngineModule(Path(module), version, version, "")
download_release(pins, Path(folder), Progress(sys.stderr), url)
"""


def test_one_that_is_killed_leaves_no_engine_and_the_next_starts_afresh(
    fetch, folder, releases, archive
):
    half = threading.Event()

    def send_half(request):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(archive[:99])
        half.set()
        releases.hang(request)

    releases.publish(archive)
    releases.answers[releases.archive] = send_half
    arguments = [str(releases.module.folder), str(folder), releases.url]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, *arguments], cwd=MODULE_FOLDER.parents[1]
    ) as process:
        assert half.wait(30)
        process.kill()
    assert not folder.exists()
    assert len(list(folder.parent.glob("*.partial-*"))) == 1
    releases.answers[releases.archive] = archive
    fetch()
    assert (folder / "pulumi").exists()
    assert list(folder.parent.glob("*.partial-*")) == []
