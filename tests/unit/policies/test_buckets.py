"""Buckets, and what stands beside them."""

import pytest

from gateway_policies import buckets
from gateway_policies.buckets import BUCKETS, ENCRYPTIONS, POLICY, VERSIONINGS
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.verdicts import judged_stack, made

UNLINKED = "which bucket such a resource is for is not known at preview"
NOT_KNOWN = "not known at preview, so not checked before the update"
RELEASES = pytest.mark.parametrize("release", [0, 1])
FED = {"bucket": ["bucket"]}


def bucket(release=0, fed=None, **fields):
    return made(BUCKETS[release], "bucket", fed or {}, **{"bucket": "models"} | fields)


def beside(token, fed=None, **fields):
    return made(token, "beside", fed or {}, **{"bucket": "models"} | fields)


def encryption(algorithm, release=0, fed=None, **fields):
    rules = [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}]
    return beside(ENCRYPTIONS[release], fed, rules=rules, **fields)


RULE = "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"
INLINE = "serverSideEncryptionConfiguration"


@RELEASES
@pytest.mark.parametrize(
    ("algorithm", "found"),
    [
        ("aws:kms", []),
        ("aws:kms:dsse", []),
        ("AES256", [f'bucket violation beside {RULE}: "AES256"']),
        (UNKNOWN, [f"bucket unknown beside {RULE}: {NOT_KNOWN}"]),
    ],
)
def test_a_configuration_beside_a_bucket_names_kms(release, algorithm, found):
    for one in (
        encryption(algorithm, release),
        encryption(algorithm, release, FED, bucket=UNKNOWN),
    ):
        assert judged_stack(buckets.bucket_kms, bucket(release), one) == found


def inline(algorithm):
    rule = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm}}
    return {INLINE: {"rule": rule}}


def inline_of_release_6(algorithm):
    rule = {"applyServerSideEncryptionByDefaults": [{"sseAlgorithm": algorithm}]}
    return {f"{INLINE}s": [{"rules": [rule]}]}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, ["missing"]),
        (inline("aws:kms"), []),
        (inline("AES256"), ['"AES256"']),
        (inline_of_release_6("aws:kms"), []),
        (inline_of_release_6("AES256"), ['"AES256"']),
        # What the provider fills in itself.
        ({INLINE: UNKNOWN}, ["missing"]),
    ],
)
def test_a_bucket_may_say_itself_that_it_uses_kms(fields, found):
    said = judged_stack(buckets.bucket_kms, bucket(**fields))
    assert [one.split(": ", 1)[1] for one in said] == found


def test_an_inline_value_that_something_feeds_is_set():
    fed = bucket(fed={INLINE: ["urn:key"]}, **{INLINE: UNKNOWN})
    assert judged_stack(buckets.bucket_kms, fed) == []


def test_the_configuration_of_another_bucket_does_not_count():
    other = encryption("aws:kms", bucket="other")
    found = judged_stack(buckets.bucket_kms, bucket(), other)
    assert found == [f"bucket violation {INLINE}: missing"]


def versioning(status, release=0):
    return beside(VERSIONINGS[release], versioningConfiguration={"status": status})


@RELEASES
@pytest.mark.parametrize(
    ("status", "found"),
    [
        ("Enabled", []),
        (
            "Suspended",
            ['bucket violation beside versioningConfiguration.status: "Suspended"'],
        ),
        (UNKNOWN, [f"bucket unknown beside versioningConfiguration.status: {NOT_KNOWN}"]),
    ],
)
def test_versioning_beside_a_bucket_is_enabled(release, status, found):
    said = judged_stack(buckets.bucket_versioning, bucket(release), versioning(status, release))
    assert said == found


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, ["bucket violation versioning.enabled: missing"]),
        ({"versioning": {"enabled": True}}, []),
        ({"versionings": [{"enabled": True}]}, []),
        ({"versioning": {"enabled": False}}, ["bucket violation versioning.enabled: false"]),
        ({"versioning": UNKNOWN}, ["bucket violation versioning.enabled: missing"]),
    ],
)
def test_a_bucket_may_say_itself_that_it_is_versioned(fields, found):
    assert judged_stack(buckets.bucket_versioning, bucket(**fields)) == found


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        ([bucket(), beside(POLICY, policy="{}")], []),
        ([bucket(policy="{}")], []),
        ([bucket()], ["bucket violation policy: none"]),
        ([bucket(policy=UNKNOWN)], ["bucket violation policy: none"]),
        ([bucket(), beside(POLICY, bucket="other")], ["bucket violation policy: none"]),
    ],
)
def test_a_bucket_has_a_policy(resources, found):
    assert judged_stack(buckets.bucket_policy, *resources) == found


@pytest.mark.parametrize(
    ("rule", "token", "path"),
    [
        (buckets.bucket_kms, ENCRYPTIONS[0], INLINE),
        (buckets.bucket_versioning, VERSIONINGS[0], "versioning"),
        (buckets.bucket_policy, POLICY, "policy"),
    ],
)
def test_a_resource_that_may_be_the_buckets_makes_it_unknown(rule, token, path):
    loose = beside(token, bucket=UNKNOWN)
    assert judged_stack(rule, bucket(), loose) == [f"bucket unknown {path}: {UNLINKED}"]
