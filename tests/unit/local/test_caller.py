from local.caller import caller
from local.principal import Principal, PrincipalKind


def test_the_cloud_s_own_key_and_any_unknown_one_are_the_root_user_s():
    root = Principal(PrincipalKind.ROOT, "arn:aws:iam::123456789012:root")
    assert {caller("local"), caller("AKIAIOSFODNN7EXAMPLE"), caller("")} == {root}


def test_a_user_s_key_is_the_user_s(aws, unique):
    aws.call("iam", "CreateUser", {"UserName": unique})
    key = aws.call("iam", "CreateAccessKey", {"UserName": unique})["AccessKey"]
    arn = f"arn:aws:iam::123456789012:user/{unique}"
    assert caller(key["AccessKeyId"]) == Principal(PrincipalKind.USER, arn)


def test_a_key_of_a_session_is_the_role_s(aws, unique):
    arn = f"arn:aws:iam::123456789012:role/{unique}"
    request = {"RoleArn": arn, "RoleSessionName": "tests"}
    key = aws.call("sts", "AssumeRole", request)["Credentials"]["AccessKeyId"]
    assert caller(key) == Principal(PrincipalKind.ROLE, arn)
