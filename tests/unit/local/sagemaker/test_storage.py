import pytest
from botocore.exceptions import EndpointConnectionError

from local.principal import Principal, PrincipalKind
from local.sagemaker.storage import Storage, StorageError

ROLE = Principal(PrincipalKind.ROLE, "arn:aws:iam::123456789012:role/execution")


@pytest.fixture
def bucket(aws, unique):
    location = {"LocationConstraint": aws.region}
    aws.call("s3", "CreateBucket", {"Bucket": unique, "CreateBucketConfiguration": location})
    return unique


@pytest.fixture
def storage(aws, access, calls):
    return Storage(aws, access, calls.log)


@pytest.mark.parametrize("key", ["a/b.out", "odd ?#+%20 name.out"])
def test_an_object_is_read_as_it_was_written(storage, aws, bucket, calls, key):
    url = f"s3://{bucket}/{key}"
    storage.put(ROLE, url, b"setosa", "text/csv")
    assert storage.get(ROLE, url) == b"setosa"
    head = aws.call("s3", "HeadObject", {"Bucket": bucket, "Key": key})
    assert head["ContentType"] == "text/csv"
    assert [(line["principal"], line["action"], line["status"]) for line in calls.lines()] == [
        (str(ROLE), "s3:PutObject", 200),
        (str(ROLE), "s3:GetObject", 200),
    ]
    assert {line["resource"] for line in calls.lines()} == {f"arn:aws:s3:::{bucket}/{key}"}


def test_an_object_that_is_too_large_is_not_read(storage, bucket):
    url = f"s3://{bucket}/a"
    storage.put(ROLE, url, b"setosa", "text/csv")
    assert storage.get(ROLE, url, max_bytes=6) == b"setosa"
    with pytest.raises(StorageError) as error:
        storage.get(ROLE, url, max_bytes=5)
    assert str(error.value) == f"{url} has 6 bytes; the limit is 5."


def test_what_is_not_there_is_an_error_and_noted(storage, bucket, unique, calls):
    with pytest.raises(StorageError) as error:
        storage.get(ROLE, f"s3://{bucket}/none")
    assert str(error.value).startswith(f"s3://{bucket}/none cannot be read: ")
    with pytest.raises(StorageError) as error:
        storage.put(ROLE, f"s3://no-{unique}/a", b"", "text/csv")
    assert str(error.value).startswith(f"s3://no-{unique}/a cannot be written: ")
    assert [line["status"] for line in calls.lines()] == [404, 404]


@pytest.mark.parametrize("url", ["a/b", "https://bucket/a", "s3://bucket", "s3:///a", "s3://"])
def test_an_address_that_is_none_is_refused(storage, url):
    with pytest.raises(StorageError) as error:
        storage.get(ROLE, url)
    assert str(error.value) == f"{url} is no address. Allowed: s3://bucket/key."


def test_a_cloud_that_ends_is_an_error(access, calls):
    class Gone:
        def call(self, service, operation, request):
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")

    with pytest.raises(StorageError, match="^s3://bucket/a cannot be read: Could not connect"):
        Storage(Gone(), access, calls.log).get(ROLE, "s3://bucket/a")  # type: ignore[arg-type]
    assert [line["status"] for line in calls.lines()] == [None]


def test_a_prefix_has_objects_below_it_that_the_role_may_list(storage, bucket, access, calls):
    storage.put(ROLE, f"s3://{bucket}/models/iris.tar.gz", b"", "text/csv")
    storage.check_prefix(ROLE, f"s3://{bucket}/models/")
    with pytest.raises(StorageError, match=rf"^s3://{bucket}/roses/ has no objects below it\.$"):
        storage.check_prefix(ROLE, f"s3://{bucket}/roses/")
    access.denied.add((ROLE.identifier, "s3:ListBucket"))
    with pytest.raises(StorageError, match="cannot be listed: .* may not s3:ListBucket"):
        storage.check_prefix(ROLE, f"s3://{bucket}/models/")
    listed = [line for line in calls.lines() if line["action"] == "s3:ListBucket"]
    assert [line["status"] for line in listed] == [200, 200, 403]
    assert {line["resource"] for line in listed} == {f"arn:aws:s3:::{bucket}"}


def test_what_a_role_may_not_is_an_error_and_noted(storage, bucket, access, calls):
    access.denied.add((ROLE.identifier, "s3:PutObject"))
    with pytest.raises(StorageError, match=r"cannot be written: .* may not s3:PutObject"):
        storage.put(ROLE, f"s3://{bucket}/a", b"", "text/csv")
    assert [line["status"] for line in calls.lines()] == [403]
