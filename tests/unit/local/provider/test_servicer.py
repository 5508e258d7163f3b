import json

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from local.provider import wire
from tests.unit.local.provider.conftest import secret

ROLE = "arn:aws:iam::123456789012:role/execution"
MODEL = "aws:sagemaker/model:Model"
CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
KEY = "aws:apigateway/apiKey:ApiKey"
PLAN = "aws:apigateway/usagePlan:UsagePlan"
TARGET = "aws:appautoscaling/target:Target"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
CONTAINER = {"image": "ml-gateway:1", "modelDataUrl": "s3://models/forest.tar.gz"}
INPUTS = {"executionRoleArn": ROLE, "primaryContainer": CONTAINER}
Kind = pb.PropertyDiff.Kind


def error_of(call, *arguments):
    with pytest.raises(grpc.RpcError) as error:
        call(*arguments)
    return error.value.code(), error.value.details()


class TestCheck:
    def test_a_resource_without_a_name_gets_one_with_seven_digits(self, provider):
        inputs, failures = provider.check(MODEL, INPUTS, randomSeed=bytes.fromhex("0123456789abcd"))
        assert failures == []
        assert inputs == {
            **INPUTS,
            "name": "logical-0123456",
            "region": "eu-central-1",
            "__defaults": ["name"],
        }

    def test_without_a_seed_names_differ(self, provider):
        names = {provider.check(MODEL, INPUTS)[0]["name"] for _ in range(3)}
        assert len(names) == 3

    def test_the_engines_own_proposal_is_taken(self, provider):
        options = pb.CheckRequest.AutonamingOptions(proposed_name="proposed")
        inputs, _ = provider.check(MODEL, INPUTS, autonaming=options)
        assert inputs["name"] == "proposed"

    def test_a_name_that_was_given_once_stays(self, provider):
        old, _ = provider.check(MODEL, INPUTS)
        assert provider.check(MODEL, INPUTS, old)[0]["name"] == old["name"]

    def test_a_name_in_the_program_is_left_alone(self, provider):
        inputs, _ = provider.check(MODEL, {**INPUTS, "name": "mine"})
        assert inputs == {**INPUTS, "name": "mine", "region": "eu-central-1"}

    def test_a_type_that_is_named_by_others_gets_no_name(self, provider):
        inputs, _ = provider.check("aws:kms/key:Key", {})
        assert inputs == {"region": "eu-central-1"}

    def test_every_fault_is_a_failure(self, provider):
        _, failures = provider.check(MODEL, {"name": "bad_name!", "executionRoleArn": "x"})
        assert sorted(failures) == [
            (
                "",
                "CreateModel.ExecutionRoleArn: 'x' does not match "
                r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
            ),
            (
                "",
                "CreateModel.ModelName: 'bad_name!' does not match "
                r"[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?",
            ),
            ("", "Invalid length for parameter ExecutionRoleArn, value: 1, valid min length: 20"),
        ]

    def test_an_unknown_property_is_a_failure_at_its_path(self, provider):
        container = {**CONTAINER, "colour": "red"}
        for role in (ROLE, wire.UNKNOWN):
            inputs = {"executionRoleArn": role, "primaryContainer": container}
            _, failures = provider.check(MODEL, inputs)
            path = "primaryContainer.colour"
            reason = f"{path}: the local cloud does not have this property of {MODEL}"
            assert failures == [(path, reason)]

    def test_a_property_that_no_member_stands_for_is_a_failure_at_its_path(self, provider):
        inputs = {"bucket": "b", "rules": [{"colour": "red"}]}
        kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
        _, failures = provider.check(kind, inputs)
        reason = "rules.colour: the local cloud knows no member of LifecycleRule for it"
        assert failures == [("rules.colour", reason)]

    def test_a_required_property_of_a_block_that_is_missing_is_a_failure(self, provider):
        variant = {"variantName": "a", "serverlessConfig": {"maxConcurrency": 1}}
        inputs = {"name": "c", "productionVariants": [variant]}
        reason = "Missing required parameter in ProductionVariants[0].ServerlessConfig: "
        _, failures = provider.check(CONFIGURATION, inputs)
        assert failures == [("", f'{reason}"MemorySizeInMB"')]

    def test_values_that_are_not_known_yet_are_not_judged(self, provider):
        inputs, failures = provider.check(MODEL, {"name": "bad!", "executionRoleArn": wire.UNKNOWN})
        assert failures == []
        assert inputs["executionRoleArn"] == wire.UNKNOWN

    def test_a_prefix_is_judged_as_a_name_that_begins_with_it(self, provider):
        variants = [{"variantName": "a", "modelName": "m"}]
        inputs = {"namePrefix": "iris-", "productionVariants": variants}
        checked, failures = provider.check(CONFIGURATION, inputs)
        assert (failures, checked) == ([], {**inputs, "region": "eu-central-1"})
        _, failures = provider.check(CONFIGURATION, {**inputs, "namePrefix": "no_"})
        assert [reason.partition(":")[0] for _, reason in failures] == [
            "CreateEndpointConfig.EndpointConfigName"
        ]

    def test_secrets_stay_secret(self, provider):
        request = pb.CheckRequest(
            urn=f"urn:pulumi:a::b::{MODEL}::c",
            news=wire.encode({**INPUTS, "executionRoleArn": secret(ROLE)}),
        )
        inputs, hidden = wire.decode(provider.stub.Check(request).inputs)
        assert inputs["executionRoleArn"] == ROLE
        assert hidden == {"executionRoleArn"}


class TestDiff:
    def test_the_same_inputs_do_not_differ(self, provider):
        answer = provider.diff(MODEL, INPUTS, INPUTS)
        assert answer.changes == pb.DiffResponse.DIFF_NONE
        assert not answer.diffs

    def test_what_can_be_updated_is_updated(self, provider):
        old = {"name": "e", "endpointConfigName": "a"}
        answer = provider.diff(ENDPOINT, old, {"name": "e", "endpointConfigName": "b"})
        assert answer.changes == pb.DiffResponse.DIFF_SOME
        assert list(answer.diffs) == ["endpointConfigName"]
        assert answer.detailedDiff["endpointConfigName"].kind == Kind.UPDATE
        assert not answer.replaces
        assert not answer.deleteBeforeReplace

    def test_a_change_of_what_identifies_a_resource_replaces_it(self, provider):
        old = {"name": "e", "endpointConfigName": "a"}
        answer = provider.diff(ENDPOINT, old, {**old, "name": "f"})
        assert list(answer.replaces) == ["name"]
        assert answer.detailedDiff["name"].kind == Kind.UPDATE_REPLACE
        assert not answer.deleteBeforeReplace

    def test_a_type_without_an_update_is_replaced_and_its_given_name_is_freed_first(self, provider):
        old = {**INPUTS, "name": "mine"}
        answer = provider.diff(MODEL, old, {**old, "enableNetworkIsolation": True})
        assert list(answer.replaces) == ["enableNetworkIsolation"]
        assert answer.detailedDiff["enableNetworkIsolation"].kind == Kind.ADD_REPLACE
        assert answer.deleteBeforeReplace

    def test_a_resource_with_a_generated_name_is_replaced_before_it_is_deleted(self, provider):
        old, _ = provider.check(MODEL, INPUTS)
        new, _ = provider.check(MODEL, {**INPUTS, "enableNetworkIsolation": True}, old)
        answer = provider.diff(MODEL, old, new)
        assert list(answer.replaces) == ["enableNetworkIsolation"]
        assert not answer.deleteBeforeReplace

    def test_a_member_that_is_identified_by_others_is_deleted_first(self, provider):
        kind = "aws:apigateway/usagePlanKey:UsagePlanKey"
        old = {"usagePlanId": "p", "keyId": "k", "keyType": "API_KEY"}
        assert provider.diff(kind, old, {**old, "keyType": "OTHER"}).deleteBeforeReplace
        assert not provider.diff(kind, old, {**old, "keyId": "l"}).deleteBeforeReplace

    def test_that_a_name_is_given_now_is_no_change_of_its_own(self, provider):
        old, _ = provider.check(MODEL, INPUTS)
        new, _ = provider.check(MODEL, {**INPUTS, "name": old["name"]}, old)
        assert provider.diff(MODEL, old, new).changes == pb.DiffResponse.DIFF_NONE

    def test_another_region_replaces(self, provider):
        old = {"name": "e", "endpointConfigName": "a", "region": "eu-central-1"}
        answer = provider.diff(ENDPOINT, old, {**old, "region": "eu-west-1"})
        assert list(answer.replaces) == ["region"]

    def test_a_removed_property_is_a_deletion(self, provider):
        old = {"name": "p", "description": "x"}
        answer = provider.diff(PLAN, old, {"name": "p"})
        assert answer.detailedDiff["description"].kind == Kind.DELETE

    def test_ignored_changes_are_ignored(self, provider):
        old = {"name": "p", "description": "x"}
        answer = provider.diff(PLAN, old, {"name": "p"}, ignoreChanges=["description"])
        assert answer.changes == pb.DiffResponse.DIFF_NONE

    def test_an_asset_differs_by_its_content(self, provider):
        asset = {wire.SIGNATURE: wire.ASSET, "hash": "abc", "path": "/a"}
        kind = "aws:s3/bucketObjectv2:BucketObjectv2"
        old = {"bucket": "b", "key": "k", "source": asset}
        moved = {**old, "source": {**asset, "path": "/b"}}
        changed = {**old, "source": {**asset, "hash": "def"}}
        assert provider.diff(kind, old, moved).changes == pb.DiffResponse.DIFF_NONE
        assert list(provider.diff(kind, old, changed).diffs) == ["source"]

    def test_what_was_rolled_back_differs_from_what_was_sent(self, provider):
        """After a roll-back the outputs say which configuration is live."""
        inputs = {"name": "e", "endpointConfigName": "b"}
        state = wire.encode({**inputs, "endpointConfigName": "a"})
        answer = provider.diff(ENDPOINT, inputs, inputs, olds=state)
        assert list(answer.diffs) == ["endpointConfigName"]

    def test_ignored_changes_may_lie_deep(self, provider):
        old = {"name": "c", "productionVariants": [{"initialInstanceCount": 1}]}
        new = {"name": "c", "productionVariants": [{"initialInstanceCount": 5}]}
        ignored = ["productionVariants[*].initialInstanceCount"]
        answer = provider.diff(CONFIGURATION, old, new, ignoreChanges=ignored)
        assert answer.changes == pb.DiffResponse.DIFF_NONE
        answer = provider.diff(CONFIGURATION, old, new)
        assert list(answer.detailedDiff) == ["productionVariants[0].initialInstanceCount"]


class TestPreview:
    def test_a_creation_makes_nothing_and_leaves_outputs_unknown(self, provider):
        inputs = {**INPUTS, "name": "mine"}
        resource_id, outputs, _ = provider.create(MODEL, inputs, preview=True)
        assert resource_id == ""
        assert outputs == {**inputs, "arn": wire.UNKNOWN, "tagsAll": {}}
        assert provider.read(MODEL, "mine", inputs) == ("", {}, {})

    def test_a_name_that_begins_with_a_prefix_is_unknown(self, provider):
        inputs = {"namePrefix": "iris-", "productionVariants": []}
        _, outputs, _ = provider.create(CONFIGURATION, inputs, preview=True)
        assert outputs["name"] == wire.UNKNOWN

    def test_an_update_keeps_outputs_known(self, provider):
        old = {"name": "e", "endpointConfigName": "a"}
        new = {**old, "endpointConfigName": wire.UNKNOWN, "tags": {"team": "a"}}
        outputs, _ = provider.update(ENDPOINT, "e", old, new, {"arn": "arn:e"}, preview=True)
        assert outputs == {**new, "arn": "arn:e", "tagsAll": {"team": "a"}}

    def test_an_update_leaves_outputs_unknown_that_it_may_change(self, provider):
        old = {"bucket": "b", "key": "k", "content": "old"}
        state = {"arn": "arn:b/k", "etag": "e", "versionId": "v"}
        for new, etag in (
            ({**old, "content": "new"}, wire.UNKNOWN),
            ({**old, "content": wire.UNKNOWN}, wire.UNKNOWN),
            ({**old, "tags": {"team": "a"}}, "e"),
        ):
            outputs, _ = provider.update(OBJECT, "b:k", old, new, state, preview=True)
            assert outputs["etag"] == etag
            assert outputs["arn"] == "arn:b/k"

    def test_a_secret_output_is_secret_before_it_is_known(self, provider):
        _, outputs, hidden = provider.create(KEY, {"name": "client"}, preview=True)
        assert outputs["value"] == wire.UNKNOWN
        assert hidden == {"value"}


class TestLifeCycle:
    def test_a_resource_is_made_read_and_deleted(self, provider):
        inputs, _ = provider.check(MODEL, {**INPUTS, "name": "mine"})
        resource_id, outputs, _ = provider.create(MODEL, inputs)
        arn = "arn:aws:sagemaker:eu-central-1:123456789012:model/mine"
        assert (resource_id, outputs) == ("mine", {**inputs, "arn": arn, "tagsAll": {}})
        assert provider.read(MODEL, "mine", inputs) == ("mine", outputs, inputs)
        provider.delete(MODEL, "mine", inputs)
        assert provider.read(MODEL, "mine", inputs) == ("", {}, {})
        provider.delete(MODEL, "mine", inputs)  # what is gone already is no error

    def test_a_secret_output_is_secret_after_create_read_and_update(self, provider):
        inputs, _ = provider.check(KEY, {"name": "client"})
        resource_id, outputs, hidden = provider.create(KEY, inputs)
        assert hidden == {"value"}
        assert len(outputs["value"]) >= 40
        read = provider.stub.Read(
            pb.ReadRequest(
                urn=f"urn:pulumi:a::b::{KEY}::c", id=resource_id, inputs=wire.encode(inputs)
            )
        )
        assert wire.decode(read.properties)[1] == {"value"}
        changed = {**inputs, "description": "x"}
        updated, hidden = provider.update(KEY, resource_id, inputs, changed, outputs)
        assert hidden == {"value"}
        assert updated["value"] == outputs["value"]

    def test_a_secret_input_is_secret_in_the_outputs(self, provider):
        inputs, _ = provider.check(MODEL, {**INPUTS, "name": "mine"})
        _, outputs, hidden = provider.create(MODEL, {**inputs, "executionRoleArn": secret(ROLE)})
        assert (outputs["executionRoleArn"], hidden) == (ROLE, {"executionRoleArn"})

    def test_secret_tags_are_secret_in_all_tags(self, provider):
        inputs, _ = provider.check(MODEL, {**INPUTS, "name": "mine"})
        tagged = {**inputs, "tags": secret({"team": "a"})}
        for preview in (True, False):
            _, outputs, hidden = provider.create(MODEL, tagged, preview=preview)
            assert (outputs["tagsAll"], hidden) == ({"team": "a"}, {"tags", "tagsAll"})
        changed = {**inputs, "tags": secret({"team": "b"})}
        _, hidden = provider.update(MODEL, "mine", tagged, changed, outputs)
        assert hidden == {"tags", "tagsAll"}
        request = pb.ReadRequest(
            urn=f"urn:pulumi:a::b::{MODEL}::c", id="mine", inputs=wire.encode(changed)
        )
        assert wire.decode(provider.stub.Read(request).properties)[1] == {"tags", "tagsAll"}

    def test_each_connection_has_the_region_it_was_configured_for(self, connect):
        for region in ("eu-central-1", "us-west-2"):
            assert connect(region).check("aws:kms/key:Key", {})[0] == {"region": region}

    def test_a_region_of_the_resources_own_is_where_it_is_made(self, provider, aws_for, unique):
        kind, name = "aws:cloudwatch/logGroup:LogGroup", f"/{unique}"
        provider.create(kind, {"name": name, "region": "eu-west-1"})
        request = {"logGroupNamePrefix": name}
        assert aws_for("eu-central-1").call("logs", "DescribeLogGroups", request) == {
            "logGroups": []
        }
        [group] = aws_for("eu-west-1").call("logs", "DescribeLogGroups", request)["logGroups"]
        assert group["arn"].startswith("arn:aws:logs:eu-west-1:")


class TestRefusals:
    """UNKNOWN and INTERNAL would taint the engine's state, so no refusal ends in one of them."""

    def test_a_type_that_is_not_there_is_named(self, provider):
        for call in (
            lambda: provider.check("aws:rds/instance:Instance", {}),
            lambda: provider.diff("aws:rds/instance:Instance", {}, {}),
            lambda: provider.create("aws:rds/instance:Instance", {}),
            lambda: provider.read("aws:rds/instance:Instance", "a", {}),
            lambda: provider.delete("aws:rds/instance:Instance", "a", {}),
        ):
            assert error_of(call) == (
                grpc.StatusCode.FAILED_PRECONDITION,
                "aws:rds/instance:Instance: the local cloud does not have this resource type",
            )

    def test_a_data_source_that_is_not_there_is_named(self, provider):
        token = "aws:ec2/getAmi:getAmi"
        assert error_of(provider.stub.Invoke, pb.InvokeRequest(tok=token)) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            f"{token}: the local cloud does not have this data source",
        )

    def test_an_error_of_aws_is_passed_on(self, provider):
        inputs = {"name": "e", "endpointConfigName": "nothing"}
        assert error_of(provider.create, ENDPOINT, inputs) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "An error occurred (ValidationException) when calling the CreateEndpoint operation: "
            'Could not find endpoint configuration "arn:aws:sagemaker:eu-central-1:123456789012:'
            'endpoint-config/nothing".',
        )

    def test_a_file_that_is_not_there_is_named(self, provider, tmp_path):
        asset = {wire.SIGNATURE: wire.ASSET, "hash": "abc", "path": str(tmp_path / "nothing")}
        inputs = {"bucket": "b", "key": "k", "source": asset}
        code, details = error_of(provider.check, OBJECT, inputs)
        assert code == grpc.StatusCode.FAILED_PRECONDITION
        assert details == f"[Errno 2] No such file or directory: '{tmp_path / 'nothing'}'"

    def test_a_type_without_an_update_has_none(self, provider):
        old = {**INPUTS, "name": "m"}
        assert error_of(provider.update, MODEL, "m", old, {**old, "vpcConfig": {}}) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            f"{MODEL} has no update",
        )

    def test_nothing_is_imported(self, provider):
        assert error_of(provider.read, MODEL, "m", {}) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            f"{MODEL}: the local cloud cannot import or get one",
        )

    def test_a_provider_needs_a_region(self, connect):
        request = pb.ConfigureRequest(args=wire.encode({"region": wire.UNKNOWN}))
        assert error_of(connect(None).stub.Configure, request) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "aws:region is not set",
        )


class TestConfiguration:
    def test_it_takes_secrets_and_shows_unknowns(self, connect):
        request = pb.ConfigureRequest(args=wire.encode({"region": "eu-central-1"}))
        answer = connect(None).stub.Configure(request)
        assert answer.acceptSecrets
        assert answer.supportsPreview

    def test_only_tags_to_ignore_are_refused(self, connect):
        stub = connect(None).stub

        def check(**config):
            answer = stub.CheckConfig(pb.CheckRequest(news=wire.encode(config)))
            return [(failure.property, failure.reason) for failure in answer.failures]

        tags = json.dumps({"tags": {"team": "a"}})
        assert check(region="eu-central-1", accessKey="AKIA", defaultTags=tags) == []
        assert check(region="eu-central-1", ignoreTags={"keys": ["team"]}) == [
            ("ignoreTags", "ignoreTags: the local cloud does not have it")
        ]

    def test_default_tags_that_are_no_json_are_refused(self, connect):
        args = wire.encode({"region": "eu-central-1", "defaultTags": "{"})
        assert error_of(connect(None).stub.Configure, pb.ConfigureRequest(args=args)) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "aws:defaultTags is no JSON",
        )

    def test_other_default_tags_update_the_provider(self, connect):
        def config(**tags):
            given = json.dumps({"tags": tags})
            return wire.encode({"region": "eu-central-1", "defaultTags": given})

        request = pb.DiffRequest(olds=config(team="a"), news=config(team="b"))
        answer = connect(None).stub.DiffConfig(request)
        assert answer.changes == pb.DiffResponse.DIFF_SOME
        assert (list(answer.diffs), list(answer.replaces)) == (["defaultTags"], [])

    def test_another_region_replaces_the_provider(self, connect):
        stub = connect(None).stub

        def diff(region):
            return stub.DiffConfig(
                pb.DiffRequest(
                    olds=wire.encode({"region": "eu-central-1"}),
                    news=wire.encode({"region": region}),
                )
            )

        assert diff("eu-central-1").changes == pb.DiffResponse.DIFF_NONE
        assert list(diff("eu-west-1").replaces) == ["region"]


class TestTags:
    @pytest.fixture
    def tagged(self, connect):
        """A provider whose resources all belong to a team."""
        tags = json.dumps({"tags": {"team": "a", "stack": "local"}})
        return connect("eu-central-1", defaultTags=tags)

    def test_default_tags_are_among_a_resources_tags_which_win(self, tagged):
        inputs, _ = tagged.check(ENDPOINT, {"endpointConfigName": "c", "tags": {"team": "b"}})
        assert inputs["tags"] == {"team": "b", "stack": "local"}
        inputs, _ = tagged.check(ENDPOINT, {"endpointConfigName": "c"})
        assert inputs["tags"] == {"team": "a", "stack": "local"}

    def test_a_type_without_tags_gets_none(self, tagged):
        inputs, _ = tagged.check("aws:s3/bucketPolicy:BucketPolicy", {"bucket": "b"})
        assert "tags" not in inputs

    def test_an_empty_map_of_tags_is_no_drift(self, provider, unique):
        inputs = {"name": f"/{unique}", "tags": {}}
        assert provider.make("aws:cloudwatch/logGroup:LogGroup", inputs).is_clean()

    def test_tags_that_are_not_known_yet_stay_so(self, tagged):
        inputs, _ = tagged.check(ENDPOINT, {"endpointConfigName": "c", "tags": wire.UNKNOWN})
        assert inputs["tags"] == wire.UNKNOWN

    def test_default_tags_reach_aws_and_other_ones_change_in_place(self, tagged, connect, unique):
        group = tagged.make("aws:cloudwatch/logGroup:LogGroup", {"name": f"/{unique}"})
        assert group.outputs["tags"] == group.outputs["tagsAll"] == {"team": "a", "stack": "local"}
        assert group.is_clean()
        group.provider = connect("eu-central-1", defaultTags=json.dumps({"tags": {"team": "b"}}))
        group.change(retentionInDays=1)
        assert group.outputs["tagsAll"] == {"team": "b"}
        assert group.is_clean()


class TestRefresh:
    def test_drift_shows_in_the_inputs_and_secrets_stay_secret(self, provider, aws):
        role = "aws:iam/role:Role"
        old = json.dumps({"Version": "2012-10-17", "Statement": []})
        inputs, _ = provider.check(role, {"assumeRolePolicy": old, "description": "old"})
        resource_id, outputs, _ = provider.create(role, inputs)
        aws.call("iam", "UpdateRole", {"RoleName": resource_id, "Description": "someone's"})
        request = pb.ReadRequest(
            urn=f"urn:pulumi:a::b::{role}::c",
            id=resource_id,
            inputs=wire.encode(inputs, ["description"]),
            properties=wire.encode(outputs, ["description", "uniqueId"]),
        )
        answer = provider.stub.Read(request)
        live, hidden = wire.decode(answer.inputs)
        assert live == {**inputs, "description": "someone's"}
        assert hidden == {"description"}
        found, hidden = wire.decode(answer.properties)
        assert found == {**outputs, "description": "someone's"}
        assert hidden == {"description", "uniqueId"}
        assert list(provider.diff(role, live, inputs).diffs) == ["description"]

    def test_a_generated_name_is_no_input(self, provider, unique):
        kind = "aws:cloudwatch/logGroup:LogGroup"
        group = provider.make(kind, {"namePrefix": f"/{unique}-"})
        assert group.is_clean()
        assert "name" not in group.refresh()[0]
        group.change(retentionInDays=7)
        assert group.is_clean()
        assert group.goes()
