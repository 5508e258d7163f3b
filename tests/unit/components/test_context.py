import pytest

from components.context import Context, StackNameError, stack_prefix


def test_arns_carry_region_and_account():
    context = Context("123456789012", "eu-central-1", "ml-gateway-prod")
    repository = "arn:aws:ecr:eu-central-1:123456789012:repository/x"
    assert context.arn("ecr", "repository/x") == repository


@pytest.mark.parametrize("stack", ["prod", "eu-1", "a" * 17])
def test_a_stack_becomes_part_of_aws_names(stack):
    prefix = stack_prefix("ml-gateway", stack)
    assert prefix == f"ml-gateway-{stack}"
    assert len(f"{prefix}-models-123456789012-ap-southeast-2") <= 63


@pytest.mark.parametrize("stack", ["", "Prod", "a_b", "a.b", "-a", "a-", "a--b", "a" * 18, "a\n"])
def test_a_stack_that_cannot_be_in_a_bucket_name_is_refused(stack):
    with pytest.raises(StackNameError) as error:
        stack_prefix("ml-gateway", stack)
    assert str(error.value) == (
        f"stack: {stack!r}. Allowed: 1 to 17 lower-case letters, digits and single dashes between "
        "them. Make a stack with such a name."
    )
