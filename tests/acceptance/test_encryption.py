"""What the stack stores is encrypted with its own key, and nobody else reaches it."""

import json


def test_the_key_is_the_stacks_own_and_is_rotated(stack, aws):
    metadata = aws("kms").describe_key(KeyId=stack.key_arn)["KeyMetadata"]
    assert (metadata["KeyManager"], metadata["KeyState"]) == ("CUSTOMER", "Enabled")
    assert aws("kms").get_key_rotation_status(KeyId=stack.key_arn)["KeyRotationEnabled"]


def test_an_endpoint_stores_everything_under_the_key(endpoint, stack, aws):
    sagemaker = aws("sagemaker")
    name = sagemaker.describe_endpoint(EndpointName=endpoint.name)["EndpointConfigName"]
    configuration = sagemaker.describe_endpoint_config(EndpointConfigName=name)
    keys = {
        "volumes": configuration.get("KmsKeyId"),
        "capture": configuration.get("DataCaptureConfig", {}).get("KmsKeyId"),
        "results": configuration.get("AsyncInferenceConfig", {})
        .get("OutputConfig", {})
        .get("KmsKeyId"),
    }
    assert keys == {
        "volumes": stack.key_arn if endpoint.volumes else None,
        "capture": stack.key_arn if endpoint.capture else None,
        "results": stack.key_arn if endpoint.requests else None,
    }


def test_a_bucket_is_encrypted_with_the_key(bucket, stack, aws):
    found = aws("s3").get_bucket_encryption(Bucket=bucket.name)
    [rule] = found["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": stack.key_arn,
    }


def test_a_bucket_is_closed_to_the_public(bucket, aws):
    found = aws("s3").get_public_access_block(Bucket=bucket.name)
    assert found["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


def test_a_bucket_denies_plain_http(bucket, aws):
    policy = json.loads(aws("s3").get_bucket_policy(Bucket=bucket.name)["Policy"])
    arn = f"arn:aws:s3:::{bucket.name}"
    denied = [
        statement
        for statement in policy["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and statement["Action"] == "s3:*"
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    ]
    assert {arn, f"{arn}/*"} <= {resource for each in denied for resource in each["Resource"]}


def test_a_log_is_encrypted_with_the_key_and_ends(log_group, stack, aws):
    pages = (
        aws("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=log_group.name)
    )
    [found] = [g for p in pages for g in p["logGroups"] if g["logGroupName"] == log_group.name]
    assert found["kmsKeyId"] == stack.key_arn
    assert found["retentionInDays"] > 0


def test_no_body_is_logged(any_route, aws):
    stage = aws("apigateway").get_stage(restApiId=any_route.api_id, stageName=any_route.stage)
    assert stage["methodSettings"]
    assert not any(settings["dataTraceEnabled"] for settings in stage["methodSettings"].values())
