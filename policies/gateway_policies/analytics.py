"""Rules for the encryption of what Glue and Athena read and write."""

from pulumi_policy import Severity

from gateway_policies.property_rule import TRUE, Demand, one_of, property_rule, reference, whether
from gateway_policies.resource import UNKNOWN, Block, Unknown
from gateway_policies.rule import Control, Family

_DOCS = "https://docs.aws.amazon.com"

_GLUE = "encryptionConfiguration"
glue_encrypted = property_rule(
    Control(
        id="glue-encrypted",
        title="Glue security configurations encrypt data, bookmarks and logs",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_99",),
        fix="Set the mode and its key.",
        url=f"{_DOCS}/glue/latest/dg/encryption-security-configuration.html",
    ),
    "A security configuration that leaves something out leaves it in clear.",
    {
        "aws:glue/securityConfiguration:SecurityConfiguration": (
            Demand(
                f"{_GLUE}.cloudwatchEncryption.cloudwatchEncryptionMode",
                one_of("SSE-KMS"),
                default="DISABLED",
            ),
            Demand(
                f"{_GLUE}.jobBookmarksEncryption.jobBookmarksEncryptionMode",
                one_of("CSE-KMS"),
                default="DISABLED",
            ),
            Demand(
                f"{_GLUE}.s3Encryption.s3EncryptionMode",
                one_of("SSE-KMS", "SSE-S3"),
                default="DISABLED",
            ),
        )
    },
)

_configured = Demand("securityConfiguration", reference("the name of a security configuration"))
glue_configured = property_rule(
    Control(
        id="glue-security-configuration",
        title="Glue jobs, crawlers and endpoints have a security configuration",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_195",),
        fix="Set securityConfiguration.",
        url=f"{_DOCS}/glue/latest/dg/encryption-security-configuration.html",
    ),
    "Without one, what a job writes, remembers and logs is not encrypted.",
    {
        "aws:glue/job:Job": (_configured,),
        "aws:glue/crawler:Crawler": (_configured,),
        "aws:glue/devEndpoint:DevEndpoint": (_configured,),
    },
)

_ATHENA_OPTIONS = one_of("SSE_S3", "SSE_KMS", "CSE_KMS")


def _keeps_results_in_s3(workgroup: Block) -> bool | Unknown:
    """Results that Athena manages are always encrypted.

    https://docs.aws.amazon.com/athena/latest/ug/managed-results.html
    """
    managed = whether("configuration.managedQueryResultsConfiguration.enabled")(workgroup)
    return managed if managed is UNKNOWN else not managed


athena_encrypted = property_rule(
    Control(
        id="athena-encrypted",
        title="Athena encrypts query results",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_77", "CKV_AWS_159"),
        fix="Set encryptionOption, and the key that it needs.",
        url=f"{_DOCS}/athena/latest/ug/encryption.html",
    ),
    "Results are copies of the data, in a bucket that is seldom looked after.",
    {
        "aws:athena/workgroup:Workgroup": (
            Demand(
                "configuration.resultConfiguration.encryptionConfiguration.encryptionOption",
                _ATHENA_OPTIONS,
                when=_keeps_results_in_s3,
            ),
        ),
        "aws:athena/database:Database": (
            Demand("encryptionConfiguration.encryptionOption", _ATHENA_OPTIONS),
        ),
    },
)

athena_enforced = property_rule(
    Control(
        id="athena-enforced",
        title="Athena workgroups' settings hold for every query",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_82",),
        fix="Remove enforceWorkgroupConfiguration, or set it to true.",
        url=f"{_DOCS}/athena/latest/ug/workgroups-settings-override.html",
    ),
    "A client could else choose another place for its results, and no encryption.",
    {
        "aws:athena/workgroup:Workgroup": (
            Demand("configuration.enforceWorkgroupConfiguration", TRUE, default=True),
        )
    },
)

RULES = (glue_encrypted, glue_configured, athena_encrypted, athena_enforced)
