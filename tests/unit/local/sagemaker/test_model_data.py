import gzip
import io
import tarfile

import pytest

from local.principal import Principal, PrincipalKind
from local.sagemaker.instance import DeploymentError
from local.sagemaker.model_data import ModelData
from local.sagemaker.storage import Storage

ROLE = Principal(PrincipalKind.ROLE, "arn:aws:iam::123456789012:role/execution")


def archive(**files):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return content.getvalue()


def with_member(name, **attributes):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        for attribute, value in attributes.items():
            setattr(member, attribute, value)
        tar.addfile(member)
    return content.getvalue()


@pytest.fixture
def put(aws, unique):
    """Puts an object, answers its address."""
    aws.call(
        "s3",
        "CreateBucket",
        {"Bucket": unique, "CreateBucketConfiguration": {"LocationConstraint": aws.region}},
    )

    def put(content, key="a/model.tar.gz"):
        aws.call("s3", "PutObject", {"Bucket": unique, "Key": key, "Body": content})
        return f"s3://{unique}/{key}"

    return put


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "models"


@pytest.fixture
def model_data(aws, folder, access, calls):
    return ModelData(Storage(aws, access, calls.log), folder)


def refusal(model_data, url):
    with pytest.raises(DeploymentError) as error:
        model_data.unpack(ROLE, url)
    return str(error.value)


def test_an_archive_is_unpacked_under_the_hash_of_its_bytes(model_data, put, folder):
    unpacked = model_data.unpack(ROLE, put(archive(**{"model.onnx": "m", "code/a.py": "a"})))
    assert unpacked.parent == folder
    assert (unpacked / "model.onnx").read_text() == "m"
    assert (unpacked / "code/a.py").read_text() == "a"
    assert list(folder.iterdir()) == [unpacked]


def test_the_same_bytes_are_unpacked_once(model_data, put):
    packed = archive(a="1")
    first = model_data.unpack(ROLE, put(packed))
    (first / "mark").touch()
    assert model_data.unpack(ROLE, put(packed, "b/model.tar.gz")) == first
    assert (first / "mark").exists()
    assert model_data.unpack(ROLE, put(archive(a="2"))) != first


def test_an_empty_archive_is_an_empty_folder(model_data, put):
    assert list(model_data.unpack(ROLE, put(archive())).iterdir()) == []


def test_a_read_is_logged_as_the_execution_role_s(model_data, put, calls, unique):
    model_data.unpack(ROLE, put(archive(a="1")))
    [line] = calls.lines()
    assert (line["principal"], line["action"], line["status"]) == (str(ROLE), "s3:GetObject", 200)
    assert line["resource"] == f"arn:aws:s3:::{unique}/a/model.tar.gz"


def test_a_missing_object_is_named_and_logged(model_data, put, calls, unique):
    put(archive())
    url = f"s3://{unique}/nothing"
    assert refusal(model_data, url).startswith(f"ModelDataUrl: {url} cannot be read: ")
    assert [line["status"] for line in calls.lines()] == [404]


@pytest.mark.parametrize("url", ["https://a/b", "s3://bucket", "s3://bucket/", "s3:///key", "x"])
def test_what_is_no_address_of_an_object_is_refused(model_data, url):
    assert refusal(model_data, url) == (
        f"ModelDataUrl: {url} is no address. Allowed: s3://bucket/key."
    )


GOOD = archive(model="x" * 10_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive",
        gzip.compress(b"no archive"),
        GOOD[: len(GOOD) // 2],
        GOOD[:40] + b"\x00" * 8 + GOOD[48:],
    ],
    ids=["nothing", "text", "gzip of text", "cut off", "overwritten"],
)
def test_what_is_no_whole_archive_is_refused_and_leaves_nothing(model_data, put, folder, content):
    url = put(content)
    assert refusal(model_data, url).startswith(f"ModelDataUrl: {url} is no gzipped tar archive: ")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        with_member("../outside"),
        with_member("link", type=tarfile.SYMTYPE, linkname="/etc"),
        with_member("link", type=tarfile.LNKTYPE, linkname="../../outside"),
        with_member("device", type=tarfile.CHRTYPE),
    ],
    ids=["parent", "link", "hard link", "device"],
)
def test_nothing_is_written_outside_the_folder(model_data, put, folder, tmp_path, content):
    refusal(model_data, put(content))
    assert list(folder.iterdir()) == []
    assert list(tmp_path.iterdir()) == [folder]


def test_an_absolute_name_lands_inside(model_data, put, tmp_path):
    name = str(tmp_path / "outside")
    unpacked = model_data.unpack(ROLE, put(archive(**{name: "a"})))
    assert (unpacked / name.removeprefix("/")).read_text() == "a"
    assert not (tmp_path / "outside").exists()


def test_one_of_several_archives_is_found_below_their_prefix(model_data, put, unique):
    put(archive(a="1"), "all/iris.tar.gz")
    unpacked = model_data.unpack_below(ROLE, f"s3://{unique}/all/", "iris.tar.gz")
    assert (unpacked / "a").read_text() == "1"


@pytest.mark.parametrize("target", ["../other/iris.tar.gz", "a/../../iris.tar.gz", "./iris.tar.gz"])
def test_nothing_beside_the_prefix_is_reached_through_a_target(model_data, put, unique, target):
    put(archive(a="1"), "other/iris.tar.gz")
    with pytest.raises(DeploymentError) as error:
        model_data.unpack_below(ROLE, f"s3://{unique}/all/", target)
    assert str(error.value) == f"TargetModel: {target} is not below ModelDataUrl."


def test_a_prefix_without_objects_is_refused(model_data, put, unique):
    put(archive(), "all/iris.tar.gz")
    model_data.check_prefix(ROLE, f"s3://{unique}/all/")
    with pytest.raises(DeploymentError, match="^ModelDataUrl: s3://.*/none/ has no objects"):
        model_data.check_prefix(ROLE, f"s3://{unique}/none/")
