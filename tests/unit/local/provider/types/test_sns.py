import json

import pytest

TOPIC = "aws:sns/topic:Topic"
POLICY = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/5f0c"


def publishers(topic_arn, *services):
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": "sns:Publish",
        "Resource": topic_arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def topic(provider, unique):
    inputs = {"name": f"t-{unique}", "kmsMasterKeyId": KEY, "tags": {"team": "a"}}
    return provider.make(TOPIC, inputs)


def test_a_topic_lives_and_changes_its_key_in_place(topic):
    assert topic.outputs["arn"] == topic.id
    assert topic.is_clean()
    topic.change(kmsMasterKeyId="alias/other", tags={"cost": "1"})
    assert topic.is_clean()
    assert topic.goes()


def test_a_key_that_someone_took_away_shows_as_drift(topic, aws):
    request = {"TopicArn": topic.id, "AttributeName": "KmsMasterKeyId", "AttributeValue": ""}
    aws.call("sns", "SetTopicAttributes", request)
    inputs, _ = topic.refresh()
    assert inputs["kmsMasterKeyId"] is None


def test_a_policy_lives_and_leaves_the_default_one(provider, topic, aws):
    arn = topic.id
    made = provider.make(POLICY, {"arn": arn, "policy": publishers(arn, "budgets.amazonaws.com")})
    assert made.is_clean()
    made.change(policy=publishers(arn, "budgets.amazonaws.com", "events.amazonaws.com"))
    assert made.is_clean()
    provider.delete(POLICY, made.id, made.outputs)
    policy = aws.call("sns", "GetTopicAttributes", {"TopicArn": arn})["Attributes"]["Policy"]
    assert json.loads(policy)["Id"] == "__default_policy_ID"


def test_a_subscription_lives_and_goes(provider, topic):
    inputs = {"topic": topic.id, "protocol": "email", "endpoint": "ml@example.com"}
    made = provider.make(SUBSCRIPTION, inputs)
    assert made.is_clean()
    assert made.goes()
