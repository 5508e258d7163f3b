import pytest

from gateway_policies.iam.attachment_rules import ATTACHED, iam_full_access
from gateway_policies.iam.places import ROLE
from gateway_policies.resource import UNKNOWN, Resource

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def found(of: str, **values: object) -> list[str]:
    return [f"{f.path}: {f.seen}" for f in iam_full_access.check(Resource("", values, of, "urn"))]


@pytest.mark.parametrize(("of", "name"), ATTACHED.items())
def test_full_access_is_found_wherever_it_is_attached(of, name):
    assert iam_full_access.is_for(of)
    assert found(of, **{name: ADMIN}) == [f'{name}: "{ADMIN}"']


def test_full_access_among_a_roles_managed_policies_is_found():
    read = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    assert found(ROLE, managedPolicyArns=[read, ADMIN]) == [f'managedPolicyArns[1]: "{ADMIN}"']


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws-cn:iam::aws:policy/AmazonSageMakerFullAccess",
        "arn:aws-us-gov:iam::aws:policy/PowerUserAccess",
        "arn:aws:iam::aws:policy/job-function/SystemAdministrator",
        "arn:aws:iam::aws:policy/AWSLambda_FullAccess",
        "arn:aws:iam::aws:policy/AdministratorAccess-Amplify",
        "arn:aws:iam::aws:policy/amazons3fullaccess",
    ],
)
def test_any_partition_and_spelling_is_known(arn):
    assert found("aws:iam/rolePolicyAttachment:RolePolicyAttachment", policyArn=arn)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::111122223333:policy/OurFullAccess",
        UNKNOWN,
        None,
    ],
)
def test_what_gives_less_or_is_ones_own_passes(arn):
    assert found("aws:iam/rolePolicyAttachment:RolePolicyAttachment", policyArn=arn) == []
    assert found(ROLE, managedPolicyArns=UNKNOWN) == []
