"""Encryption of what Glue and Athena read and write."""

import pytest

from gateway_policies import analytics
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.verdicts import judged

NOT_KNOWN = "not known at preview, so not checked before the update"
MAYBE = "missing, where it is not known at preview whether it matters"
JOB, CRAWLER, ENDPOINT = (
    "aws:glue/job:Job",
    "aws:glue/crawler:Crawler",
    "aws:glue/devEndpoint:DevEndpoint",
)
WORKGROUP, DATABASE = "aws:athena/workgroup:Workgroup", "aws:athena/database:Database"
OPTION = "configuration.resultConfiguration.encryptionConfiguration.encryptionOption"


def security_configuration(logs: object, bookmarks: object, data: object) -> dict[str, object]:
    return {
        "encryptionConfiguration": {
            "cloudwatchEncryption": {"cloudwatchEncryptionMode": logs},
            "jobBookmarksEncryption": {"jobBookmarksEncryptionMode": bookmarks},
            "s3Encryption": {"s3EncryptionMode": data},
        }
    }


GLUE = "encryptionConfiguration"


@pytest.mark.parametrize(
    ("modes", "found"),
    [
        (("SSE-KMS", "CSE-KMS", "SSE-KMS"), []),
        (("SSE-KMS", "CSE-KMS", "SSE-S3"), []),
        (
            (None, "DISABLED", "DISABLED"),
            [
                f"violation {GLUE}.cloudwatchEncryption.cloudwatchEncryptionMode: "
                'missing, which means "DISABLED"',
                f'violation {GLUE}.jobBookmarksEncryption.jobBookmarksEncryptionMode: "DISABLED"',
                f'violation {GLUE}.s3Encryption.s3EncryptionMode: "DISABLED"',
            ],
        ),
        (
            ("SSE-KMS", "CSE-KMS", UNKNOWN),
            [f"unknown {GLUE}.s3Encryption.s3EncryptionMode: {NOT_KNOWN}"],
        ),
    ],
)
def test_a_glue_configuration_leaves_nothing_out(modes, found):
    assert judged(analytics.glue_encrypted, **security_configuration(*modes)) == found


@pytest.mark.parametrize("token", [JOB, CRAWLER, ENDPOINT])
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("strict", []),
        (UNKNOWN, []),
        (None, ["violation securityConfiguration: missing"]),
        ("", ['violation securityConfiguration: ""']),
    ],
)
def test_what_glue_runs_has_a_configuration(token, name, found):
    assert judged(analytics.glue_configured, token, securityConfiguration=name) == found


def results(option: object, **more: object) -> dict[str, object]:
    encryption = {"encryptionConfiguration": {"encryptionOption": option}}
    return {"configuration": {"resultConfiguration": encryption} | more}


def managed(enabled: object) -> dict[str, object]:
    return {"configuration": {"managedQueryResultsConfiguration": {"enabled": enabled}}}


@pytest.mark.parametrize(
    ("token", "fields", "found"),
    [
        (WORKGROUP, results("SSE_S3"), []),
        (WORKGROUP, results("SSE_KMS"), []),
        (WORKGROUP, results(UNKNOWN), [f"unknown {OPTION}: {NOT_KNOWN}"]),
        (WORKGROUP, {}, [f"violation {OPTION}: missing"]),
        (WORKGROUP, managed(True), []),
        (WORKGROUP, managed(False), [f"violation {OPTION}: missing"]),
        (WORKGROUP, managed(UNKNOWN), [f"unknown {OPTION}: {MAYBE}"]),
        (DATABASE, {"encryptionConfiguration": {"encryptionOption": "CSE_KMS"}}, []),
        (DATABASE, {}, ["violation encryptionConfiguration.encryptionOption: missing"]),
    ],
)
def test_athena_encrypts_results(token, fields, found):
    assert judged(analytics.athena_encrypted, token, **fields) == found


ENFORCED = "configuration.enforceWorkgroupConfiguration"


@pytest.mark.parametrize(
    ("enforced", "found"),
    [
        (None, []),
        (True, []),
        (False, [f"violation {ENFORCED}: false"]),
        (UNKNOWN, [f"unknown {ENFORCED}: {NOT_KNOWN}"]),
    ],
)
def test_a_client_cannot_choose_its_own_settings_in_athena(enforced, found):
    fields = results("SSE_S3", enforceWorkgroupConfiguration=enforced)
    assert judged(analytics.athena_enforced, **fields) == found
