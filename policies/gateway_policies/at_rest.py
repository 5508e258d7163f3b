"""Rules for the encryption of what other services store."""

from pulumi_policy import EnforcementLevel, Severity

from gateway_policies.property_rule import (
    ANY_KEY,
    CUSTOMER_KEY,
    TRUE,
    Demand,
    one_of,
    property_rule,
    whether,
)
from gateway_policies.resource import UNKNOWN, Block, Resource, Unknown
from gateway_policies.rule import Control, Family, Findings, rule, shown, unknown, violation

_DOCS = "https://docs.aws.amazon.com"

log_group_cmk = property_rule(
    Control(
        id="log-group-cmk",
        title="Log groups are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_158",),
        fix="Set kmsKeyId, and let CloudWatch Logs use the key in the key's policy.",
        url=f"{_DOCS}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    ),
    "Logs hold addresses, names and now and then what nobody meant to write down.",
    {"aws:cloudwatch/logGroup:LogGroup": (Demand("kmsKeyId", CUSTOMER_KEY),)},
)

topic_encrypted = property_rule(
    Control(
        id="topic-encrypted",
        title="Topics are encrypted with a KMS key",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_26", "SNS.1"),
        fix="Set kmsMasterKeyId.",
        url=f"{_DOCS}/sns/latest/dg/sns-server-side-encryption.html",
    ),
    "Messages wait on disk until they are delivered; without a key they lie there in clear.",
    {"aws:sns/topic:Topic": (Demand("kmsMasterKeyId", ANY_KEY),)},
)


@rule(
    Control(
        id="queue-encrypted",
        title="Queues say how they are encrypted",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_27", "SQS.1"),
        fix="Set kmsMasterKeyId, or sqsManagedSseEnabled to true.",
        url=f"{_DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    ),
    types=("aws:sqs/queue:Queue",),
)
def queue_encrypted(queue: Resource) -> Findings:
    """Only new queues are encrypted of themselves: what is not said leaves an old one in clear."""
    if queue.get("kmsMasterKeyId"):
        return
    managed = queue.get("sqsManagedSseEnabled")
    allowed = f"{ANY_KEY.allowed}, or sqsManagedSseEnabled: true"
    if managed is UNKNOWN:
        yield unknown("sqsManagedSseEnabled", allowed=allowed)
    elif managed is not True:
        yield violation(
            "kmsMasterKeyId",
            seen=f"missing, and sqsManagedSseEnabled {shown(managed)}",
            allowed=allowed,
        )


stream_encrypted = property_rule(
    Control(
        id="stream-encrypted",
        title="Kinesis streams are encrypted with a KMS key",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_43", "Kinesis.1"),
        fix="Set encryptionType to KMS, and kmsKeyId.",
        url=f"{_DOCS}/streams/latest/dg/what-is-sse.html",
    ),
    "Records lie in the stream for a day to a year.",
    {"aws:kinesis/stream:Stream": (Demand("encryptionType", one_of("KMS"), default="NONE"),)},
)


def _puts_records(stream: Block) -> bool:
    """A stream that reads from another service encrypts what it keeps as that one does.

    https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
    """
    return not stream.get("kinesisSourceConfiguration") and not stream.get("mskSourceConfiguration")


delivery_stream_encrypted = property_rule(
    Control(
        id="delivery-stream-encrypted",
        title="Delivery streams are encrypted",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_240",),
        fix="Enable serverSideEncryption.",
        url=f"{_DOCS}/firehose/latest/dev/encryption.html",
    ),
    "Records wait in the stream until they are delivered, for a day where that fails.",
    {
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": (
            Demand("serverSideEncryption.enabled", TRUE, default=False, when=_puts_records),
        )
    },
)

table_cmk = property_rule(
    Control(
        id="table-cmk",
        title="DynamoDB tables are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_119",),
        fix="Enable serverSideEncryption with kmsKeyArn; a replica has a key of its own.",
        url=f"{_DOCS}/amazondynamodb/latest/developerguide/EncryptionAtRest.html",
    ),
    "The key that DynamoDB takes of itself is one that nobody can audit or revoke.",
    {
        "aws:dynamodb/table:Table": (
            Demand("serverSideEncryption.enabled", TRUE, default=False),
            Demand(
                "kmsKeyArn",
                CUSTOMER_KEY,
                within="serverSideEncryption",
                when=whether("enabled"),
            ),
            Demand("replicas[].kmsKeyArn", CUSTOMER_KEY),
        ),
        "aws:dynamodb/tableReplica:TableReplica": (Demand("kmsKeyArn", CUSTOMER_KEY),),
    },
)

secret_cmk = property_rule(
    Control(
        id="secret-cmk",
        title="Secrets are encrypted with a customer-managed key",
        family=Family.ENCRYPTION,
        severity=Severity.LOW,
        standards=("CKV_AWS_149",),
        fix="Set kmsKeyId.",
        url=f"{_DOCS}/secretsmanager/latest/userguide/security-encryption.html",
        level=EnforcementLevel.ADVISORY,
    ),
    "Without one, whoever in the account may read the secret needs no right to any key.",
    {"aws:secretsmanager/secret:Secret": (Demand("kmsKeyId", CUSTOMER_KEY),)},
)

volume_encrypted = property_rule(
    Control(
        id="volume-encrypted",
        title="EBS volumes are encrypted",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_3", "EC2.3"),
        fix="Set encrypted to true.",
        url=f"{_DOCS}/ebs/latest/userguide/ebs-encryption.html",
    ),
    "A volume, and each snapshot of it, can be attached elsewhere and read.",
    {"aws:ebs/volume:Volume": (Demand("encrypted", TRUE, default=False),)},
)


def _can_rotate(key: Block) -> bool | Unknown:
    """Rotation is for symmetric encryption keys in AWS's own key store.

    https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """
    spec, usage = key.get("customerMasterKeySpec"), key.get("keyUsage")
    if key.get("customKeyStoreId") or spec not in (None, "SYMMETRIC_DEFAULT", UNKNOWN):
        return False
    if usage not in (None, "ENCRYPT_DECRYPT", UNKNOWN):
        return False
    return UNKNOWN if UNKNOWN in (spec, usage) else True


key_rotation = property_rule(
    Control(
        id="key-rotation",
        title="KMS keys rotate",
        family=Family.ENCRYPTION,
        severity=Severity.MEDIUM,
        standards=("CKV_AWS_7", "KMS.4"),
        fix="Set enableKeyRotation to true.",
        url=f"{_DOCS}/kms/latest/developerguide/rotate-keys.html",
    ),
    "Rotation bounds how much one key's material protects, and costs nobody any work.",
    {"aws:kms/key:Key": (Demand("enableKeyRotation", TRUE, default=False, when=_can_rotate),)},
)

RULES = (
    log_group_cmk,
    topic_encrypted,
    queue_encrypted,
    stream_encrypted,
    delivery_stream_encrypted,
    table_cmk,
    secret_cmk,
    volume_encrypted,
    key_rotation,
)
