"""Rules over what identities may read: credentials, secrets, data."""

from pulumi_policy import Severity

from gateway_policies.iam.conditions import narrows_request
from gateway_policies.iam.document import Document, Kind
from gateway_policies.iam.grants import grants
from gateway_policies.iam.places import document_rule
from gateway_policies.resource import Resource
from gateway_policies.rule import Control, Family, Findings, some, violation

_BEST = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"

CREDENTIALS = (
    *("airflow:CreateCliToken", "airflow:CreateWebLoginToken", "appsync:CreateApiKey"),
    *("bedrock-agentcore:GetResourceApiKey", "bedrock-agentcore:GetResourceOauth2Token"),
    *("bedrock-agentcore:GetWorkloadAccessToken", "chime:CreateApiKey"),
    *("bedrock-agentcore:GetWorkloadAccessTokenForJWT", "cloud9:CreateEnvironmentToken"),
    *("bedrock-agentcore:GetWorkloadAccessTokenForUserId", "codeartifact:GetAuthorizationToken"),
    *("codeconnections:GetConnectionToken", "codestar-connections:GetConnectionToken"),
    *("codepipeline:PollForJobs", "cognito-idp:DescribeUserPoolClient"),
    *("cognito-identity:GetCredentialsForIdentity", "cognito-identity:GetOpenIdToken"),
    *("cognito-identity:GetOpenIdTokenForDeveloperIdentity", "connect:GetFederationToken"),
    *("cognito-idp:AssociateSoftwareToken", "connect:AdminGetEmergencyAccessToken"),
    *("datazone:GetDomainExecutionRoleCredentials", "datazone:GetEnvironmentCredentials"),
    *("ec2:GetPasswordData", "ecr:GetAuthorizationToken", "ecr-public:GetAuthorizationToken"),
    *("elasticmapreduce:GetClusterSessionCredentials", "events:RetrieveConnectionCredentials"),
    *("emr-containers:GetManagedEndpointSessionCredentials", "gamelift:GetComputeAccess"),
    *("finspace-api:GetProgrammaticAccessCredentials", "gamelift:GetComputeAuthToken"),
    *("gamelift:GetInstanceAccess", "gamelift:RequestUploadCredentials"),
    *("grafana:CreateWorkspaceApiKey", "grafana:CreateWorkspaceServiceAccountToken"),
    *("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential"),
    *("iam:ResetServiceSpecificCredential", "iam:UpdateAccessKey"),
    *("lakeformation:GetTemporaryGluePartitionCredentials", "license-manager:GetAccessToken"),
    *("lakeformation:GetTemporaryGlueTableCredentials", "lightsail:CreateBucketAccessKey"),
    *("lightsail:DownloadDefaultKeyPair", "lightsail:GetInstanceAccessDetails"),
    *("lightsail:GetRelationalDatabaseMasterUserPassword", "mediapackage:RotateChannelCredentials"),
    *("mediapackage:RotateIngestEndpointCredentials", "rds-db:connect"),
    *("redshift:GetClusterCredentials", "redshift:GetClusterCredentialsWithIAM"),
    *("redshift:GetIdentityCenterAuthToken", "redshift-serverless:GetIdentityCenterAuthToken"),
    *("redshift-serverless:GetCredentials", "snowball:GetJobUnlockCode", "ssm:GetAccessToken"),
    *("sso:GetRoleCredentials", "sso-directory:CreateBearerToken", "sso-oauth:CreateTokenWithIAM"),
    *("storagegateway:DescribeChapCredentials", "sts:GetDelegatedAccessToken"),
    *("sts:GetFederationToken", "sts:GetServiceBearerToken", "sts:GetSessionToken"),
    *("sts:GetWebIdentityToken",),
)
"""Actions whose answers hold keys, passwords or tokens.

https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

DATA = (
    *("s3:GetObject", "s3:GetObjectVersion", "secretsmanager:GetSecretValue"),
    *("secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameterHistory"),
    *("ssm:GetParameters", "ssm:GetParametersByPath", "rds:CopyDBSnapshot", "rds:CreateDBSnapshot"),
    *("rds:ModifyDBSnapshotAttribute", "ec2:ModifySnapshotAttribute", "ec2:CreateSnapshot"),
)
"""Actions that read what people keep secret, or take a copy of it away."""


@document_rule(
    Control(
        id="iam-credentials-exposure",
        title="Credentials are asked for by name",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_107", "CKV_AWS_287"),
        fix="Limit it to the resources whose credentials are needed, or name the actions.",
        url=_BEST,
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_credentials_exposure(_: Resource, document: Document) -> Findings:
    """What an answer says in clear can be used elsewhere, long after the right to ask has gone."""
    found = []
    for name in CREDENTIALS:
        for grant in grants(document, name):
            # What takes no resource is meant where it is named, as signing in to a registry is.
            named = not grant.action.arns and name.lower() in grant.statement.exact_actions
            if grant.broad and not named and not narrows_request(grant.statement):
                found.append(grant.action.name)
    if found:
        yield violation("Statement", seen=some(found), allowed="none of these on any resource")


@document_rule(
    Control(
        id="iam-data-exfiltration",
        title="Secrets and objects are read by name",
        family=Family.IAM,
        severity=Severity.HIGH,
        standards=("CKV_AWS_108", "CKV_AWS_288"),
        fix="Name the buckets, secrets and parameters.",
        url=_BEST,
    ),
    kinds=(Kind.IDENTITY,),
)
def iam_data_exfiltration(_: Resource, document: Document) -> Findings:
    """Who reads every object and secret needs no other right to do harm."""
    found = [
        grant.action.name
        for name in DATA
        for grant in grants(document, name)
        if grant.broad and not narrows_request(grant.statement)
    ]
    if found:
        yield violation("Statement", seen=some(found), allowed="none of these on any resource")
