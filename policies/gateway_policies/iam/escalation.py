"""Ways to more rights than one was given.

Collected from the public lists: https://pathfinding.cloud/,
https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/,
https://docs.prowler.com/. What each does is written here in our own words.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gateway_policies.iam.conditions import narrows_request, values_of
from gateway_policies.iam.document import Document
from gateway_policies.iam.grants import grants
from gateway_policies.wildcard import matches

ROLE_PASSING = "iam:PassRole"
PASSED_TO = "iam:PassedToService"


class Path(NamedTuple):
    """Actions that together give their holder more rights. The first one must reach anything."""

    actions: tuple[str, ...]
    how: str


class Launch(NamedTuple):
    """Actions that start something in a role that is passed to a service, under one's control."""

    service: str
    actions: tuple[str, ...]


PATHS = tuple(
    Path(tuple(actions.split()), how)
    for how, lines in {
        "makes itself or others credentials": (
            "iam:CreateAccessKey",
            "iam:CreateLoginProfile",
            "iam:UpdateLoginProfile",
            "iam:CreateServiceSpecificCredential",
            "iam:ResetServiceSpecificCredential",
        ),
        "gives itself another policy": (
            "iam:AttachGroupPolicy",
            "iam:AttachRolePolicy",
            "iam:AttachUserPolicy",
            "iam:PutGroupPolicy",
            "iam:PutRolePolicy",
            "iam:PutUserPolicy",
            "iam:CreatePolicyVersion",
            "iam:SetDefaultPolicyVersion",
            "iam:AddUserToGroup",
            "sso:AttachCustomerManagedPolicyReferenceToPermissionSet",
            "sso:AttachManagedPolicyToPermissionSet",
            "sso:PutInlinePolicyToPermissionSet",
            "sso:CreateAccountAssignment",
        ),
        "lifts a limit": (
            "iam:DeleteRolePermissionsBoundary",
            "iam:DeleteUserPermissionsBoundary",
            "iam:PutRolePermissionsBoundary",
            "iam:PutUserPermissionsBoundary",
        ),
        "lets itself be trusted": (
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateSAMLProvider",
            "iam:UpdateOpenIDConnectProviderThumbprint",
            "iam:AddClientIDToOpenIDConnectProvider",
        ),
        "runs its own code in a role that something has already": (
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "glue:UpdateDevEndpoint",
            "states:UpdateStateMachine states:StartExecution",
            "codebuild:StartBuild",
            "codebuild:StartBuildBatch",
            "cloudformation:UpdateStack",
            "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
            "cloudformation:UpdateStackSet",
            "codestar:AssociateTeamMember",
            "apprunner:UpdateService",
            "ecs:ExecuteCommand",
            "ssm:SendCommand",
            "ssm:StartSession",
            "ec2-instance-connect:SendSSHPublicKey",
            "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
            "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances",
            "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate",
            "sagemaker:CreatePresignedNotebookInstanceUrl",
            "sagemaker:CreatePresignedDomainUrl",
            "sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:UpdateNotebookInstance",
            "sagemaker:UpdateNotebookInstanceLifecycleConfig",
            "bedrock-agentcore:InvokeAgentRuntimeCommand",
            "bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter",
            "bedrock-agentcore:StartBrowserSession "
            "bedrock-agentcore:ConnectBrowserAutomationStream",
        ),
    }.items()
    for actions in lines
)
"""What needs no role to be passed."""

LAUNCHES = tuple(
    Launch(service, tuple(actions.split()))
    for service, lines in {
        "amplify": ("amplify:CreateApp",),
        "airflow": ("airflow:CreateEnvironment",),
        "build.apprunner": ("apprunner:CreateService",),
        "autoscaling": (
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:CreateLaunchConfiguration",
        ),
        "batch": ("batch:RegisterJobDefinition batch:SubmitJob",),
        "bedrock": ("bedrock:CreateAgent",),
        "bedrock-agentcore": (
            "bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:InvokeAgentRuntime",
            "bedrock-agentcore:CreateBrowser bedrock-agentcore:StartBrowserSession",
            "bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:InvokeCodeInterpreter",
        ),
        "braket": ("braket:CreateJob",),
        "cloudformation": (
            "cloudformation:CreateStack",
            "cloudformation:CreateStackSet",
            "cloudformation:UpdateStack",
            "cloudformation:UpdateStackSet",
            "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
        ),
        "codebuild": (
            "codebuild:CreateProject codebuild:StartBuild",
            "codebuild:CreateProject codebuild:StartBuildBatch",
            "codebuild:UpdateProject codebuild:StartBuild",
            "codebuild:UpdateProject codebuild:StartBuildBatch",
        ),
        "codedeploy": ("codedeploy:CreateDeploymentGroup codedeploy:CreateDeployment",),
        "codepipeline": ("codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"),
        "codestar": ("codestar:CreateProject",),
        "cognito-identity": ("cognito-identity:SetIdentityPoolRoles",),
        "datapipeline": (
            "datapipeline:CreatePipeline datapipeline:PutPipelineDefinition",
            "datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline",
        ),
        "ec2": (
            "ec2:RunInstances",
            "ec2:RequestSpotInstances",
            "ec2:RequestSpotFleet",
            "ec2:CreateFleet",
            "ec2:AssociateIamInstanceProfile",
            "ec2:ReplaceIamInstanceProfileAssociation",
        ),
        "ecs-tasks": (
            "ecs:RegisterTaskDefinition ecs:RunTask",
            "ecs:RegisterTaskDefinition ecs:StartTask",
            "ecs:RegisterTaskDefinition ecs:CreateService",
            "ecs:RegisterTaskDefinition ecs:UpdateService",
        ),
        "elasticmapreduce": ("elasticmapreduce:RunJobFlow",),
        "emr-serverless": ("emr-serverless:CreateApplication emr-serverless:StartJobRun",),
        "events": ("events:PutTargets",),
        "gamelift": ("gamelift:CreateBuild gamelift:CreateFleet",),
        "glue": (
            "glue:CreateDevEndpoint",
            "glue:CreateJob glue:StartJobRun",
            "glue:CreateJob glue:CreateTrigger",
            "glue:UpdateJob glue:StartJobRun",
            "glue:UpdateJob glue:CreateTrigger",
            "glue:CreateSession glue:RunStatement",
        ),
        "greengrass": ("greengrass:CreateDeployment",),
        "imagebuilder": (
            "imagebuilder:CreateInfrastructureConfiguration imagebuilder:CreateImage",
        ),
        "iot": ("iot:CreateTopicRule",),
        "kinesisanalytics": (
            "kinesisanalytics:CreateApplication kinesisanalytics:StartApplication",
        ),
        "lambda": (
            "lambda:CreateFunction lambda:InvokeFunction",
            "lambda:CreateFunction lambda:InvokeFunctionUrl",
            "lambda:CreateFunction lambda:AddPermission",
            "lambda:CreateFunction lambda:CreateEventSourceMapping",
            "lambda:CreateFunction lambda:CreateFunctionUrlConfig",
        ),
        "omics": ("omics:CreateWorkflow omics:StartRun",),
        "opsworks": ("opsworks:CreateStack",),
        "pipes": ("pipes:CreatePipe",),
        "proton": ("proton:CreateServiceInstance",),
        "sagemaker": (
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreateTrainingJob",
            "sagemaker:CreateProcessingJob",
            "sagemaker:CreateTransformJob sagemaker:CreateModel",
            "sagemaker:CreateEndpoint sagemaker:CreateModel",
            "sagemaker:CreatePipeline sagemaker:StartPipelineExecution",
            "sagemaker:CreateDomain",
            "sagemaker:CreateUserProfile",
        ),
        "scheduler": ("scheduler:CreateSchedule", "scheduler:UpdateSchedule"),
        "ssm": (
            "ssm:StartAutomationExecution",
            "ssm:CreateAssociation",
            "ssm:RegisterTaskWithMaintenanceWindow",
        ),
        "states": (
            "states:CreateStateMachine states:StartExecution",
            "states:UpdateStateMachine states:StartExecution",
        ),
    }.items()
    for actions in lines
)
"""What starts something in a role, by the service that the role is passed to."""


def escalations(document: Document) -> Iterator[tuple[tuple[str, ...], str]]:
    """The ways to more rights in an identity policy: the actions of each, and how it works."""
    for path in PATHS:
        first, *others = path.actions
        if _unlimited(document, first) and all(any(grants(document, a)) for a in others):
            yield path.actions, path.how
    passes = [
        grant
        for grant in grants(document, ROLE_PASSING)
        if grant.broad and not narrows_request(grant.statement, besides=PASSED_TO)
    ]
    for launch in LAUNCHES if passes else ():
        if all(any(grants(document, action)) for action in launch.actions) and any(
            _passes_to(values_of(grant.statement, PASSED_TO), launch.service) for grant in passes
        ):
            yield (ROLE_PASSING, *launch.actions), f"passes any role to {launch.service}"


def _unlimited(document: Document, name: str) -> bool:
    return any(
        grant.broad and not narrows_request(grant.statement) for grant in grants(document, name)
    )


def _passes_to(services: tuple[str, ...], service: str) -> bool:
    name = f"{service}.amazonaws.com"
    return not services or any(matches(pattern, name, ignore_case=True) for pattern in services)
