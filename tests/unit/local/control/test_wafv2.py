import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from local.control.service import AwsError, Service
from local.control.wafv2 import WafV2

STAGE = "arn:aws:apigateway:eu-central-1::/restapis/abc/stages/live"
OTHER_STAGE = "arn:aws:apigateway:eu-central-1::/restapis/abc/stages/next"
LOGS = "arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-iris"
SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": True, "MetricName": "iris"}
RULES = [
    {
        "Name": "core",
        "Priority": 0,
        "Statement": {
            "ManagedRuleGroupStatement": {
                "VendorName": "AWS",
                "Name": "AWSManagedRulesCommonRuleSet",
            }
        },
        "OverrideAction": {"None": {}},
        "VisibilityConfig": SEEN,
    },
    {
        "Name": "rate",
        "Priority": 1,
        "Statement": {"RateBasedStatement": {"Limit": 2000, "AggregateKeyType": "IP"}},
        "Action": {"Block": {}},
        "VisibilityConfig": SEEN,
    },
]
ACL = {
    "Name": "iris",
    "Scope": "REGIONAL",
    "Description": "Before the API.",
    "DefaultAction": {"Allow": {}},
    "Rules": RULES,
    "VisibilityConfig": SEEN,
}
TAGS = [{"Key": "team", "Value": "a"}]


@pytest.fixture
def stages():
    """Those that are there."""
    return {("abc", "live"), ("abc", "next")}


@pytest.fixture
def control(stages):
    def check_stage(api_id, stage_name):
        if (api_id, stage_name) not in stages:
            raise AwsError("NotFoundException", "Invalid stage identifier specified")

    return WafV2("eu-central-1", check_stage)


@pytest.fixture
def waf(aws, services, control):
    services.services["wafv2"] = Service("wafv2", control.handlers())
    return aws.client("wafv2")


@pytest.fixture
def acl(waf):
    return waf.create_web_acl(**ACL, Tags=TAGS)["Summary"]


@contextmanager
def quick_switches():
    """Threads take turns as often as can be, so that what can come between does."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def identity(acl):
    return {"Name": acl["Name"], "Id": acl["Id"], "Scope": "REGIONAL"}


def code(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"]


def message(call, **request):
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Message"]


def test_a_web_acl_reads_back_whole(waf, acl):
    found = waf.get_web_acl(**identity(acl))
    kept = {member: value for member, value in ACL.items() if member != "Scope"}
    assert found["WebACL"] == kept | {
        "Id": acl["Id"],
        "ARN": f"arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/iris/{acl['Id']}",
        "Capacity": 702,
        "LabelNamespace": "awswaf:123456789012:webacl:iris:",
    }
    assert found["LockToken"] == acl["LockToken"]
    assert waf.get_web_acl(ARN=acl["ARN"])["WebACL"] == found["WebACL"]


def test_an_update_replaces_all_but_the_identity(waf, acl):
    update = {"DefaultAction": {"Block": {}}, "VisibilityConfig": SEEN}
    token = waf.update_web_acl(**identity(acl), **update, LockToken=acl["LockToken"])
    found = waf.get_web_acl(**identity(acl))
    assert found["LockToken"] == token["NextLockToken"] != acl["LockToken"]
    assert found["WebACL"] == update | {
        "Name": "iris",
        "Id": acl["Id"],
        "ARN": acl["ARN"],
        "Rules": [],
        "Capacity": 0,
        "LabelNamespace": "awswaf:123456789012:webacl:iris:",
    }


def test_a_change_needs_the_token_of_the_last_one(waf, acl):
    stale = identity(acl) | {"LockToken": "11111111-1111-1111-1111-111111111111"}
    update = {"DefaultAction": {"Block": {}}, "VisibilityConfig": SEEN}
    assert code(waf.update_web_acl, **stale, **update) == "WAFOptimisticLockException"
    assert message(waf.delete_web_acl, **stale) == (
        "Web ACL 'iris' was changed since LockToken 11111111-1111-1111-1111-111111111111. "
        "Get it again, and its token."
    )


def test_one_of_many_changes_with_the_same_token_wins(control):
    handlers = control.handlers()
    identity = {"Id": handlers["CreateWebACL"](ACL)["Summary"]["Id"]}
    together = threading.Barrier(8)

    def update(token):
        together.wait(10)
        try:
            handlers["UpdateWebACL"](ACL | identity | {"LockToken": token})
        except AwsError as error:
            return error.code
        return "won"

    with quick_switches(), ThreadPoolExecutor(8) as threads:
        for _ in range(20):
            token = handlers["GetWebACL"](ACL | identity)["LockToken"]
            outcomes = sorted(threads.map(update, [token] * 8))
            assert outcomes == ["WAFOptimisticLockException"] * 7 + ["won"]


def test_a_name_is_taken_once(waf, acl):
    assert message(waf.create_web_acl, **ACL) == "There is a web ACL 'iris' already."
    assert code(waf.create_web_acl, **ACL) == "WAFDuplicateItemException"


def test_web_acls_are_listed(waf, acl):
    assert waf.list_web_acls(Scope="REGIONAL")["WebACLs"] == [acl]


def test_a_stage_has_the_web_acl_that_was_associated_last(waf, acl):
    second = waf.create_web_acl(**ACL | {"Name": "second"})["Summary"]
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=STAGE)
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=STAGE)
    waf.associate_web_acl(WebACLArn=second["ARN"], ResourceArn=STAGE)
    waf.associate_web_acl(WebACLArn=second["ARN"], ResourceArn=OTHER_STAGE)
    assert waf.get_web_acl_for_resource(ResourceArn=STAGE)["WebACL"]["Name"] == "second"
    listed = waf.list_resources_for_web_acl(WebACLArn=second["ARN"])
    assert listed["ResourceArns"] == [STAGE, OTHER_STAGE]
    waf.disassociate_web_acl(ResourceArn=STAGE)
    waf.disassociate_web_acl(ResourceArn=STAGE)
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=STAGE)


def test_a_web_acl_goes_once_no_stage_has_it(waf, acl, stages):
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=STAGE)
    delete = identity(acl) | {"LockToken": acl["LockToken"]}
    assert message(waf.delete_web_acl, **delete) == f"Web ACL 'iris' is associated with {STAGE}."
    assert code(waf.delete_web_acl, **delete) == "WAFAssociatedItemException"
    stages.remove(("abc", "live"))
    waf.delete_web_acl(**delete)
    assert code(waf.get_web_acl, **identity(acl)) == "WAFNonexistentItemException"


def test_a_stage_that_comes_back_has_no_web_acl(waf, acl, stages):
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=STAGE)
    stages.remove(("abc", "live"))
    assert waf.list_resources_for_web_acl(WebACLArn=acl["ARN"])["ResourceArns"] == []
    stages.add(("abc", "live"))
    assert "WebACL" not in waf.get_web_acl_for_resource(ResourceArn=STAGE)


def test_what_is_not_there_cannot_be_associated(waf, acl):
    gone = "arn:aws:apigateway:eu-central-1::/restapis/abc/stages/gone"
    assert code(waf.associate_web_acl, WebACLArn=acl["ARN"] + "x", ResourceArn=STAGE) == (
        "WAFNonexistentItemException"
    )
    assert code(waf.associate_web_acl, WebACLArn=acl["ARN"], ResourceArn=gone) == (
        "WAFNonexistentItemException"
    )
    http_api = "arn:aws:apigateway:eu-central-1::/apis/abc/stages/live"
    assert message(waf.associate_web_acl, WebACLArn=acl["ARN"], ResourceArn=http_api) == (
        "Error reason: The local cloud associates web ACLs with stages of REST APIs only., "
        f"field: RESOURCE_ARN, parameter: {http_api}"
    )


def test_logging_reads_back_whole_until_it_is_deleted(waf, acl):
    for redacted in ("authorization", "x-api-key"):
        logging = {
            "ResourceArn": acl["ARN"],
            "LogDestinationConfigs": [LOGS],
            "RedactedFields": [{"SingleHeader": {"Name": redacted}}],
        }
        put = waf.put_logging_configuration(LoggingConfiguration=logging)
        assert put["LoggingConfiguration"] == logging
    found = waf.get_logging_configuration(ResourceArn=acl["ARN"])
    assert found["LoggingConfiguration"] == logging
    waf.delete_logging_configuration(ResourceArn=acl["ARN"])
    assert code(waf.get_logging_configuration, ResourceArn=acl["ARN"]) == (
        "WAFNonexistentItemException"
    )


@pytest.mark.parametrize(
    "destination",
    [
        "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/waf/iris",
        "arn:aws:logs:eu-central-1:123456789012:log-group:aws-waf-logs-iris:*",
        "arn:aws:sqs:eu-central-1:123456789012:aws-waf-logs-iris",
    ],
)
def test_logs_go_only_to_what_is_named_for_them(waf, acl, destination):
    logging = {"ResourceArn": acl["ARN"], "LogDestinationConfigs": [destination]}
    assert message(waf.put_logging_configuration, LoggingConfiguration=logging) == (
        "Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other "
        f"information separated by colons or slashes., field: LOG_DESTINATION, "
        f"parameter: {destination}"
    )


def test_a_deleted_web_acl_takes_its_logging_and_tags_along(waf, acl):
    logging = {"ResourceArn": acl["ARN"], "LogDestinationConfigs": [LOGS]}
    waf.put_logging_configuration(LoggingConfiguration=logging)
    waf.delete_web_acl(**identity(acl), LockToken=acl["LockToken"])
    for call, request in (
        (waf.get_logging_configuration, {"ResourceArn": acl["ARN"]}),
        (waf.put_logging_configuration, {"LoggingConfiguration": logging}),
    ):
        assert code(call, **request) == "WAFNonexistentItemException"
    assert code(waf.list_tags_for_resource, ResourceARN=acl["ARN"]) == "WAFNonexistentItemException"


def test_tags_are_those_of_the_creation_and_of_the_tag_operations(waf, acl):
    arn = acl["ARN"]
    waf.tag_resource(ResourceARN=arn, Tags=[{"Key": "env", "Value": "dev"}])
    waf.untag_resource(ResourceARN=arn, TagKeys=["team"])
    assert waf.list_tags_for_resource(ResourceARN=arn)["TagInfoForResource"] == {
        "ResourceARN": arn,
        "TagList": [{"Key": "env", "Value": "dev"}],
    }


def test_managed_groups_are_known_by_name(waf):
    groups = waf.list_available_managed_rule_groups(Scope="REGIONAL")["ManagedRuleGroups"]
    assert {"VendorName": "AWS", "Name": "AWSManagedRulesSQLiRuleSet"} in groups
    for group in groups:
        assert waf.describe_managed_rule_group(Scope="REGIONAL", **group)["Capacity"] > 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"Scope": "CLOUDFRONT"},
            "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT",
        ),
        (
            {"DefaultAction": {}},
            "Error reason: It is either Allow or Block., "
            "field: DEFAULT_ACTION, parameter: DefaultAction",
        ),
        (
            {"Rules": [RULES[0], RULES[1] | {"Priority": 0}]},
            "Error reason: Two rules have the same Priority., field: RULE, parameter: 0",
        ),
    ],
)
def test_a_web_acl_that_aws_would_not_take_is_refused(waf, change, expected):
    assert message(waf.create_web_acl, **ACL | change) == expected
    assert waf.list_web_acls(Scope="REGIONAL")["WebACLs"] == []


def test_an_unknown_managed_group_is_refused_as_one_that_does_not_exist(waf):
    unknown = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSNothing"}}
    rules = [RULES[0] | {"Statement": unknown}]
    assert code(waf.create_web_acl, **ACL | {"Rules": rules}) == "WAFNonexistentItemException"


def test_paging_is_refused_by_name(waf):
    assert message(waf.list_web_acls, Scope="REGIONAL", Limit=1) == (
        "Error reason: The local cloud lists all at once., field: Limit, parameter: "
    )
