from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from local.aws import ACCOUNT_ID, Aws


def test_an_answer_has_only_what_the_operation_says(aws):
    assert set(aws.call("sts", "GetCallerIdentity", {})) == {"Account", "Arn", "UserId"}
    assert aws.call("sts", "GetCallerIdentity", {})["Account"] == ACCOUNT_ID


def test_an_error_of_aws_is_botocores(aws, unique):
    with pytest.raises(ClientError, match="NoSuchBucket"):
        aws.call("s3", "GetObject", {"Bucket": unique, "Key": "k"})


def test_many_threads_share_one_client():
    aws = Aws("http://127.0.0.1:9", "http://127.0.0.1:9", "eu-central-1")
    with ThreadPoolExecutor(8) as pool:
        clients = list(pool.map(aws.client, ["sts"] * 32))
    assert len({id(client) for client in clients}) == 1


def test_no_credentials_of_the_caller_are_used(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "https://sts.amazonaws.com")
    client = Aws("http://127.0.0.1:9", "http://127.0.0.1:9", "eu-central-1").client("sts")
    assert client._request_signer._credentials.access_key == "local"
    assert client.meta.endpoint_url == "http://127.0.0.1:9"
