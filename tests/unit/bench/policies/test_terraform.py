from bench.policies.terraform import kind, terraform


def described(token: str, **properties: object) -> dict[str, object]:
    return {"type": token, "properties": properties}


def test_types_are_named_as_terraform_names_them():
    assert kind("aws:iam/rolePolicy:RolePolicy") == "aws_iam_role_policy"
    assert kind("aws:apigateway/restApi:RestApi") == "aws_api_gateway_rest_api"


def test_objects_are_blocks_and_documents_are_text():
    role = described(
        "aws:iam/rolePolicy:RolePolicy",
        policy={"Statement": {"Resource": "arn:aws:s3:::${aws:username}"}},
        rules=[{"maxAge": 1}, {"maxAge": 2}],
        tags={"costCenter": "ml"},
    )
    assert terraform({"serving": role}) == "\n".join(
        [
            'resource "aws_iam_role_policy" "serving" {',
            r'policy = "{\"Statement\": {\"Resource\": \"arn:aws:s3:::$${aws:username}\"}}"',
            "rule {",
            "max_age = 1",
            "}",
            "rule {",
            "max_age = 2",
            "}",
            'tags = {"costCenter": "ml"}',
            "}",
        ]
    )


def test_resources_refer_to_each_other_as_the_program_does():
    api = described("aws:apigateway/restApi:RestApi", name="shop")
    stage = described("aws:apigateway/stage:Stage", restApi="a1b2c3")
    text = terraform({"api": api, "stage": stage | {"dependencies": {"restApi": ["api"]}}})
    assert "rest_api_id = aws_api_gateway_rest_api.api.id" in text


def test_what_is_about_a_bucket_of_the_files_refers_to_it():
    bucket = described("aws:s3/bucket:Bucket", bucket="models")
    versions = described("aws:s3/bucketVersioning:BucketVersioning", bucket="models")
    other = described("aws:s3/bucketVersioning:BucketVersioning", bucket="reports")
    text = terraform({"bucket": bucket, "versions": versions, "other": other})
    assert text.count("bucket = aws_s3_bucket.bucket.id") == 1
    assert 'bucket = "models"' in text
    assert 'bucket = "reports"' in text
