from typing import Any

import pytest

from local.provider.force_new import replaces, table
from local.provider.wire import UNKNOWN


@pytest.mark.parametrize(
    ("kind", "path", "replaced"),
    [
        ("aws:sagemaker/model:Model", "primaryContainer.image", True),
        ("aws:sagemaker/model:Model", "tags.team", False),
        ("aws:sagemaker/model:Model", "region", True),
        ("aws:iam/role:Role", "path", True),
        ("aws:iam/role:Role", "pathless", False),
        ("aws:iam/role:Role", "assumeRolePolicy", False),
        ("aws:apigateway/apiKey:ApiKey", "value", True),
        ("aws:apigateway/apiKey:ApiKey", "name", False),
        ("aws:apigateway/stage:Stage", "deployment", False),
        ("aws:s3/objectCopy:ObjectCopy", "source", True),
        ("aws:s3/objectCopy:ObjectCopy", "copyIfMatch", False),
        (
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
            "logDestinationConfigs",
            True,
        ),
    ],
)
def test_a_change_replaces_where_the_real_provider_says_so(kind, path, replaced):
    assert replaces(kind, path, {}, {}) is replaced


def test_a_block_that_is_not_known_yet_does_not_replace():
    kind, path = "aws:sagemaker/endpoint:Endpoint", "deploymentConfig"
    there: dict[str, Any] = {path: {"autoRollbackConfiguration": {"alarms": []}}}
    for unknown in ({path: UNKNOWN}, {path: {"autoRollbackConfiguration": UNKNOWN}}):
        assert not replaces(kind, path, there, unknown)
        assert not replaces(kind, path, {}, unknown)
    assert replaces(kind, path, there, {})


def test_the_facts_say_of_each_type_in_which_version_they_were_read():
    versions = table()["source"]["read_in_version"].values()
    read = [pulumi_type for version in versions for pulumi_type in version]
    assert sorted(read) == sorted(table()["replaces"])
