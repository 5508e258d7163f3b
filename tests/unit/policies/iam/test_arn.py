import re

import pytest

from gateway_policies.iam.actions import catalogue, expand
from gateway_policies.iam.arn import covers, is_everything, whole_account

ENDPOINT_ARN = "arn:${Partition}:sagemaker:${Region}:${Account}:endpoint/${EndpointName}"


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "**",
        "?*",
        "*:*",
        "arn:*",
        "arn:aws:*",
        "arn:aws-cn:sagemaker:*",
        "arn:*:sagemaker:*:*:*",
        "arn:aws:sagemaker:*:*:endpoint/*",
        "arn:aws:sagemaker:*-*-*:*:endpoint/*",
        "arn:aws:sagemaker:??-*-?:*:endpoint/*",
        "arn:aws:sagemaker:*:????????????:endpoint/*",
        "arn:aws:sagemaker:*:*:????????/*",
    ],
)
def test_a_wildcard_covers_every_endpoint(resource: str):
    assert covers(resource, ENDPOINT_ARN)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::*",
        "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/*",
        "arn:aws:sagemaker:*:111122223333:endpoint/*",
        "arn:aws:sagemaker:*:*:endpoint/iris-*",
        "arn:aws:sagemaker:*:*:endpoint/*any*",
        "arn:aws:sagemaker:*:*:model/*",
        "arn:aws:sagemaker:*:???????????:endpoint/*",
        "arn:aws:sagemaker:eu-*:*:endpoint/*",
        "*iris*",
    ],
)
def test_a_wildcard_with_a_limit_does_not_cover_every_endpoint(resource: str):
    assert not covers(resource, ENDPOINT_ARN)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:sagemaker:eu-west-1:111122223333:*",
        "arn:aws:sagemaker:eu-west-1:111122223333:**",
        "arn:aws:sagemaker:eu-west-1:111122223333:*/*",
        "arn:aws:sagemaker:eu-west-1:111122223333:????????/?*",
        "arn:aws:sagemaker:*:111122223333:*",
        "arn:*:sagemaker:eu-*:1111*:*",
        "arn:aws:sagemaker:eu-west-1:111122223333",
        "arn:aws:sagemaker:eu-west-1",
        "arn:aws-cn:sagemaker",
    ],
)
def test_a_place_without_a_name_in_it_covers_every_endpoint_of_that_place(resource: str):
    assert covers(resource, ENDPOINT_ARN)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:iam::111122223333:*",
        "arn:aws:sagemaker:eu-west-1:111122223333:?",
        "arn:aws:sagemaker:eu-west-1:111122223333:endpoint*",
        "endpoint",
    ],
)
def test_another_service_and_a_named_type_do_not_cover_every_endpoint(resource: str):
    assert not covers(resource, ENDPOINT_ARN)


def test_a_type_in_an_account_covers_no_resource_of_any_action():
    for action in catalogue().values():
        for arn in action.arns:
            _, _, service, region, account, name = arn.split(":", 5)
            kind = re.match(r"/?[\w-]+[:/]", name)
            if kind and account == "${Account}":
                place = region.replace("${Region}", "eu-west-1")
                resource = f"arn:aws:{service}:{place}:111122223333:{kind[0]}*"
                assert not covers(resource, arn), action.name


def test_objects_of_one_bucket_are_not_all_objects():
    (get_object,) = expand("s3:GetObject")
    assert any(covers("arn:aws:s3:::*", arn) for arn in get_object.arns)
    assert not any(covers("arn:aws:s3:::bucket/*", arn) for arn in get_object.arns)


def test_a_star_in_a_template_stands_for_any_value():
    template = "arn:${Partition}:artifact:::agreement/*"
    assert covers("arn:aws:artifact:::agreement/*", template)
    assert not covers("arn:aws:artifact:::agreement/?", template)


@pytest.mark.parametrize(
    "resource", ["*", "**", "?*", "*:*", "arn:*", "arn*", "arn:aws:*", "arn:aws"]
)
def test_what_any_service_has_is_everything(resource: str):
    assert is_everything(resource)


@pytest.mark.parametrize("resource", ["arn:aws:s3:::*", "arn:aws:s3", "?", "bucket", "arn:*:s3:*"])
def test_what_one_service_has_is_not_everything(resource: str):
    assert not is_everything(resource)


@pytest.mark.parametrize(
    "principal",
    [
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws-cn:iam::111122223333:root",
        "arn:aws-us-gov:iam::111122223333:root",
    ],
)
def test_an_account_is_named_by_its_number_or_by_its_root_of_any_partition(principal: str):
    assert whole_account(principal) == "111122223333"


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        "1111222233334",
        "arn:aws:iam::*:root",
        "arn:*:iam::111122223333:root",
        "111122223333:root",
        "arn:aws:iam::111122223333:user/root",
        "arn:aws:sts::111122223333:assumed-role/a/root",
    ],
)
def test_a_pattern_and_what_is_in_an_account_are_no_account(principal: str):
    assert whole_account(principal) is None
