"""Where models and images come from."""

import pytest

from gateway_policies import supply_chain
from gateway_policies.resource import UNKNOWN
from tests.unit.policies.verdicts import judged

NOT_KNOWN = "not known at preview, so not checked before the update"
IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/server"
DIGEST = f"{IMAGE}@sha256:{'0a' * 32}"


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"primaryContainer": {"image": DIGEST}}, []),
        ({"containers": [{"modelPackageName": "arn"}]}, []),
        ({}, []),
        (
            {"primaryContainer": {"image": f"{IMAGE}:1.0"}},
            [f'violation primaryContainer.image: "{IMAGE}:1.0"'],
        ),
        (
            {"primaryContainer": {"image": f"{IMAGE}@sha256:0a"}},
            [f'violation primaryContainer.image: "{IMAGE}@sha256:0a"'],
        ),
        (
            {"containers": [{"image": DIGEST}, {"image": IMAGE}]},
            [f'violation containers[1].image: "{IMAGE}"'],
        ),
        (
            {"primaryContainer": {"image": UNKNOWN}},
            [f"unknown primaryContainer.image: {NOT_KNOWN}"],
        ),
    ],
)
def test_an_image_is_named_by_its_digest(fields, found):
    assert judged(supply_chain.model_image_digest, **fields) == found


SCAN = "imageScanningConfiguration.scanOnPush"


@pytest.mark.parametrize(
    ("rule", "fields", "found"),
    [
        (supply_chain.repository_scan, {"imageScanningConfiguration": {"scanOnPush": True}}, []),
        (supply_chain.repository_scan, {}, [f"violation {SCAN}: missing, which means false"]),
        (
            supply_chain.repository_scan,
            {"imageScanningConfiguration": UNKNOWN},
            [f"unknown {SCAN}: {NOT_KNOWN}"],
        ),
        (supply_chain.repository_immutable, {"imageTagMutability": "IMMUTABLE"}, []),
        (
            supply_chain.repository_immutable,
            {"imageTagMutability": "IMMUTABLE_WITH_EXCLUSION"},
            ['violation imageTagMutability: "IMMUTABLE_WITH_EXCLUSION"'],
        ),
        (
            supply_chain.repository_immutable,
            {},
            ['violation imageTagMutability: missing, which means "MUTABLE"'],
        ),
        (
            supply_chain.repository_immutable,
            {"imageTagMutability": UNKNOWN},
            [f"unknown imageTagMutability: {NOT_KNOWN}"],
        ),
    ],
)
def test_a_repository_scans_and_keeps_tags(rule, fields, found):
    assert judged(rule, **fields) == found


@pytest.mark.parametrize(
    ("configurations", "found"),
    [
        ([{"encryptionType": "KMS"}], []),
        ([{"encryptionType": "AES256"}], ['[0].encryptionType: "AES256"']),
        ([{}], ['[0].encryptionType: missing, which means "AES256"']),
        ([], [": []"]),
        (None, [": missing"]),
    ],
)
def test_a_repository_is_encrypted_with_kms(configurations, found):
    said = judged(supply_chain.repository_kms, encryptionConfigurations=configurations)
    assert said == [f"violation encryptionConfigurations{one}" for one in found]


def test_an_unknown_encryption_is_one_finding():
    [found] = judged(supply_chain.repository_kms, encryptionConfigurations=UNKNOWN)
    assert found == f"unknown encryptionConfigurations[*].encryptionType: {NOT_KNOWN}"
