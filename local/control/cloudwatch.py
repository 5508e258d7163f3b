"""CloudWatch's alarms over the wire, and what they watch."""

from collections.abc import Mapping
from typing import get_args

from local.aws import ACCOUNT_ID
from local.clock import Clock
from local.cloudwatch.alarm import Alarm
from local.cloudwatch.alarms import Alarms, Status
from local.cloudwatch.evaluation import State
from local.cloudwatch.metrics import Metrics
from local.control.cloudwatch_data import MetricData
from local.control.records import Record
from local.control.service import AwsError, Handler
from local.control.tags import Tags

_DEFAULTS: Record = {
    "ActionsEnabled": True,
    "OKActions": [],
    "AlarmActions": [],
    "InsufficientDataActions": [],
    "Dimensions": [],
}
_NOT_HAD = ("ChildrenOfAlarmName", "ParentsOfAlarmName", "MaxRecords", "NextToken")


class CloudWatch:
    """Alarms and metrics of one region. Not here: composite alarms, dashboards."""

    def __init__(self, region: str, clock: Clock, metrics: Metrics, alarms: Alarms) -> None:
        self._arn = f"arn:aws:cloudwatch:{region}:{ACCOUNT_ID}:alarm:"
        self._data = MetricData(clock, metrics)
        self._alarms = alarms
        self._tags = Tags()

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            **self._data.handlers(),
            "PutMetricAlarm": self._put,
            "DescribeAlarms": self._describe,
            "DeleteAlarms": self._delete,
            "SetAlarmState": self._set_state,
            "ListTagsForResource": lambda request: {"Tags": self._tags.of(self._tagged(request))},
            "TagResource": lambda request: self._tags.add(self._tagged(request), request["Tags"]),
            "UntagResource": lambda request: self._tags.remove(
                self._tagged(request), request["TagKeys"]
            ),
        }

    def _put(self, request: Record) -> None:
        name = request["AlarmName"]
        try:
            alarm = Alarm.parse(request)
        except ValueError as error:
            raise AwsError("ValidationError", f"Alarm {name!r}: {error}") from error
        # Tags of an alarm that is there already are changed by TagResource only, as on AWS.
        if name not in self._alarms:
            self._tags.add(self._arn + name, request.get("Tags", []))
        self._alarms.put(name, alarm)

    def _describe(self, request: Record) -> Record:
        if lacking := [member for member in _NOT_HAD if member in request]:
            raise AwsError(
                "ValidationError",
                f"the local cloud does not have {', '.join(lacking)} of DescribeAlarms",
            )
        return {
            "CompositeAlarms": [],
            "MetricAlarms": [
                self._record(name, alarm, status)
                for name, (alarm, status) in self._alarms.described().items()
                if _wanted(request, alarm, status)
            ],
        }

    def _record(self, name: str, alarm: Alarm, status: Status) -> Record:
        definition = {k: v for k, v in alarm.definition.items() if k != "Tags"}
        return (
            _DEFAULTS
            | definition
            | {
                "AlarmArn": self._arn + name,
                "AlarmConfigurationUpdatedTimestamp": status.configured,
                "StateValue": status.state,
                "StateReason": status.reason,
                "StateUpdatedTimestamp": status.updated,
                "StateTransitionedTimestamp": status.transitioned,
            }
        )

    def _delete(self, request: Record) -> None:
        try:
            self._alarms.delete(request["AlarmNames"])
        except LookupError as error:
            raise AwsError("ResourceNotFound", str(error)) from error
        for name in request["AlarmNames"]:
            self._tags.forget(self._arn + name)

    def _set_state(self, request: Record) -> None:
        value = request["StateValue"]
        if value not in get_args(State):
            allowed = ", ".join(get_args(State))
            raise AwsError("ValidationError", f"StateValue {value}. Allowed: {allowed}.")
        try:
            self._alarms.set_state(request["AlarmName"], value, request["StateReason"])
        except LookupError as error:
            raise AwsError("ResourceNotFound", str(error)) from error

    def _tagged(self, request: Record) -> str:
        """The ARN of an alarm that is there."""
        arn: str = request["ResourceARN"]
        if arn.removeprefix(self._arn) not in self._alarms:
            raise AwsError("ResourceNotFoundException", f"There is no resource {arn}.")
        return arn


def _wanted(request: Record, alarm: Alarm, status: Status) -> bool:
    name: str = alarm.definition["AlarmName"]
    actions = [
        action
        for member in ("OKActions", "AlarmActions", "InsufficientDataActions")
        for action in alarm.definition.get(member, [])
    ]
    return (
        (not request.get("AlarmNames") or name in request["AlarmNames"])
        and name.startswith(request.get("AlarmNamePrefix", ""))
        and request.get("StateValue", status.state) == status.state
        and "MetricAlarm" in request.get("AlarmTypes", ["MetricAlarm"])
        and (
            "ActionPrefix" not in request
            or any(action.startswith(request["ActionPrefix"]) for action in actions)
        )
    )
