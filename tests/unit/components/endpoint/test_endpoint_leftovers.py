"""What updates of an endpoint leave behind."""

import pytest
from botocore.exceptions import ClientError

from components.endpoint.endpoint_leftovers import Leftovers

NAME = "ml-gateway-prod-iris"
ROLE = f"arn:aws:iam::123456789012:role/{NAME}-execution"
OTHER_ROLE = "arn:aws:iam::123456789012:role/ml-gateway-dev-iris-execution"
STORE = "ml-gateway-prod-models"
NEIGHBOUR = "ml-gateway-prod-iris-abcde-12345-1a2b3c4"
"""A configuration of the endpoint iris-abcde."""


class Account:
    """What SageMaker and S3 hold, as two clients at once.

    configurations: models by name, the oldest first. models: role and artifact by name.
    """

    def __init__(self, live, configurations, models, artifacts):
        self.live = live
        self.configurations = configurations
        self.models = models
        self.artifacts = artifacts

    def describe_endpoint(self, *, EndpointName):
        assert EndpointName == NAME
        return {"EndpointConfigName": self.live}

    def describe_endpoint_config(self, *, EndpointConfigName):
        first, *shadows = self.configurations[EndpointConfigName]
        answer = {"ProductionVariants": [{"ModelName": first}]}
        return answer | {"ShadowProductionVariants": [{"ModelName": m} for m in shadows]}

    def describe_model(self, *, ModelName):
        if ModelName not in self.models:
            error = {
                "Code": "ValidationException",
                "Message": f'Could not find model "{ModelName}".',
            }
            raise ClientError({"Error": error}, "DescribeModel")
        role, artifact = self.models[ModelName]
        if artifact is None:
            return {"ExecutionRoleArn": role, "Containers": [{"ModelPackageName": "arn"}]}
        return {"ExecutionRoleArn": role, "PrimaryContainer": {"ModelDataUrl": artifact}}

    def get_paginator(self, operation):
        return Pages(getattr(self, operation))

    def list_endpoint_configs(self, *, NameContains, SortBy, SortOrder):
        assert (SortBy, SortOrder) == ("CreationTime", "Descending")
        for name in reversed(self.configurations):
            if NameContains in name:
                yield {"EndpointConfigs": [{"EndpointConfigName": name}]}

    def list_models(self, *, NameContains):
        for name in self.models:
            if NameContains in name:
                yield {"Models": [{"ModelName": name}]}

    def list_objects_v2(self, *, Bucket, Prefix):
        assert Bucket == STORE
        yield {}
        yield {"Contents": [{"Key": key} for key in self.artifacts if key.startswith(Prefix)]}

    def delete_endpoint_config(self, *, EndpointConfigName):
        del self.configurations[EndpointConfigName]

    def delete_model(self, *, ModelName):
        del self.models[ModelName]

    def delete_object(self, *, Bucket, Key):
        assert Bucket == STORE
        self.artifacts.remove(Key)


class Pages:
    def __init__(self, listed):
        self.paginate = listed


def configuration(number):
    return f"{NAME}-0000{number}-1a2b3c4"


def model(number):
    return f"iris-forest-0000{number}-1a2b3c4"


def artifact(number):
    return f"{NAME}/{number}/model.tar.gz"


@pytest.fixture
def account():
    """Four updates of one endpoint, the last of them live; and what is not the endpoint's."""
    updates = range(1, 5)
    return Account(
        live=configuration(4),
        configurations={configuration(n): [model(n)] for n in updates} | {NEIGHBOUR: ["iris-x"]},
        models={model(n): (ROLE, f"s3://{STORE}/{artifact(n)}") for n in updates}
        | {"iris-forest-00001-7654321": (OTHER_ROLE, "s3://dev/1"), "wine-forest": (ROLE, None)},
        artifacts=[*map(artifact, updates), f"{NAME}-2/1/model.tar.gz"],
    )


def leftovers(account):
    return Leftovers(
        account,
        account,
        endpoint_name=NAME,
        models_begin_with="iris-",
        role_arn=ROLE,
        artifact_bucket=STORE,
    )


def left(account):
    """Numbers of the updates of which something is left: configurations, models, artifacts."""
    return [
        [n for n in range(1, 6) if configuration(n) in account.configurations],
        [n for n in range(1, 6) if model(n) in account.models],
        [n for n in range(1, 6) if artifact(n) in account.artifacts],
    ]


def test_what_is_live_and_what_was_live_before_stay(account):
    leftovers(account).prune(wanted=configuration(4), before=configuration(3))
    assert left(account) == [[3, 4]] * 3


def test_what_was_live_before_need_not_be_the_last_but_one(account):
    # The third update was rolled back: until the fourth, the second was live.
    leftovers(account).prune(wanted=configuration(4), before=configuration(2))
    assert left(account) == [[2, 4]] * 3


@pytest.mark.parametrize("before", [None, configuration(4), "made-by-hand"])
def test_where_nobody_knows_what_was_live_before_the_youngest_other_one_stays(account, before):
    leftovers(account).prune(wanted=configuration(4), before=before)
    assert left(account) == [[3, 4]] * 3


def test_what_is_wanted_stays_also_while_something_else_is_live(account):
    account.live = configuration(2)
    leftovers(account).prune(wanted=configuration(4), before=configuration(2))
    assert left(account) == [[2, 3, 4]] * 3


def test_a_model_or_artifact_that_a_kept_configuration_shares_stays(account):
    account.configurations[configuration(4)] = [model(1), model(2)]
    account.models[model(3)] = (ROLE, f"s3://{STORE}/{artifact(1)}")
    leftovers(account).prune(wanted=configuration(4), before=configuration(3))
    assert left(account) == [[3, 4], [1, 2, 3], [1, 2]]


def test_models_and_artifacts_of_updates_that_never_came_to_a_configuration_go_too(account):
    account.models[model(5)] = (ROLE, f"s3://{STORE}/{artifact(5)}")
    account.artifacts.append(artifact(5))
    leftovers(account).prune(wanted=configuration(4), before=configuration(3))
    assert left(account) == [[3, 4]] * 3


def test_a_model_of_the_registry_has_no_artifact_of_ours(account):
    account.models[model(4)] = (ROLE, None)
    leftovers(account).prune(wanted=configuration(4), before=configuration(3))
    assert left(account) == [[3, 4], [3, 4], [3]]


def test_of_a_multi_model_container_stays_what_lies_below_its_prefix(account):
    prefix = f"{NAME}/all"
    account.models[model(4)] = (ROLE, f"s3://{STORE}/{prefix}/4/")
    account.models[model(2)] = (ROLE, f"s3://{STORE}/{prefix}/2/")
    sets = {n: [f"{prefix}/{n}/iris.tar.gz", f"{prefix}/{n}/wine.tar.gz"] for n in (2, 4)}
    account.artifacts += [key for keys in sets.values() for key in keys]
    leftovers(account).prune(wanted=configuration(4), before=configuration(3))
    assert left(account) == [[3, 4], [3, 4], [3]]
    assert [key for key in account.artifacts if key.startswith(prefix)] == sets[4]


def test_what_is_live_stays_whole_where_no_list_has_it(account):
    # Made by hand, or so new that the lists lack it.
    account.configurations["hotfix"] = [model(1)]
    account.live = "hotfix"
    account.list_models = lambda *, NameContains: iter([{"Models": [{"ModelName": model(2)}]}])
    leftovers(account).prune(wanted=configuration(4), before=None)
    assert "hotfix" in account.configurations
    assert left(account) == [[3, 4], [1, 3, 4], [1, 3, 4]]


def test_a_model_of_another_stack_may_go_while_its_name_is_listed(account):
    listed = [*account.models, "iris-forest-of-another-stack"]
    account.list_models = lambda *, NameContains: [{"Models": [{"ModelName": n} for n in listed]}]
    leftovers(account).remove()
    assert left(account) == [[], [], []]


def test_a_model_that_may_not_be_read_is_not_taken_for_another_stacks(account):
    account.describe_model = denied
    with pytest.raises(ClientError, match="AccessDenied"):
        leftovers(account).remove()
    assert left(account) == [[1, 2, 3, 4]] * 3


def denied(*, ModelName):
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Any")


def test_nothing_goes_where_what_is_live_cannot_be_read(account):
    account.live = "made-in-another-account"
    with pytest.raises(KeyError):
        leftovers(account).prune(wanted=configuration(4), before=None)
    assert left(account) == [[1, 2, 3, 4]] * 3


def test_nothing_is_left_of_an_endpoint_that_is_gone(account):
    leftovers(account).remove()
    assert left(account) == [[], [], []]


@pytest.mark.parametrize(
    "clean", [lambda found: found.prune(configuration(4), None), Leftovers.remove]
)
def test_what_others_have_is_never_touched(account, clean):
    clean(leftovers(account))
    assert NEIGHBOUR in account.configurations
    assert {"iris-forest-00001-7654321", "wine-forest"} <= account.models.keys()
    assert f"{NAME}-2/1/model.tar.gz" in account.artifacts
