"""API Gateway's API keys and usage plans.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
"""

import secrets
from collections.abc import Callable, Mapping

from botocore.model import Shape

from local.api_gateway.usage import ApiKey
from local.clock import Clock
from local.control.apigateway.paging import page
from local.control.apigateway.patch import patched, steps
from local.control.apigateway.plan_limits import patch_stages, read_limit, read_plan, read_quota
from local.control.apigateway.records import new_id, new_records
from local.control.records import Record
from local.control.service import AwsError, Handler


class UsagePlans:
    """Keys and plans of one region.

    shape: of an operation's answer, by the operation's name. check_stage: takes an API's id and a
    stage's name, raises AwsError if there is no such stage.
    """

    def __init__(
        self,
        clock: Clock,
        shape: Callable[[str], Shape],
        check_stage: Callable[[str, str], object],
    ) -> None:
        self._clock = clock
        self._shape = shape
        self._check_stage = check_stage
        self.keys = new_records("API key")
        self.plans = new_records("usage plan")
        self._members = new_records("usage plan key")

    def handlers(self) -> Mapping[str, Handler]:
        """The operations, by AWS's names."""
        return {
            "CreateApiKey": self._create_key,
            "GetApiKey": self._get_key,
            "GetApiKeys": self._list_keys,
            "UpdateApiKey": self._update_key,
            "DeleteApiKey": self._delete_key,
            "CreateUsagePlan": self._create_plan,
            "GetUsagePlan": lambda request: self.plans.get([request["usagePlanId"]]),
            "GetUsagePlans": self._list_plans,
            "UpdateUsagePlan": self._update_plan,
            "DeleteUsagePlan": self._delete_plan,
            "CreateUsagePlanKey": self._join,
            "GetUsagePlanKey": lambda request: self._members.get(_member(request)),
            "GetUsagePlanKeys": self._list_members,
            "DeleteUsagePlanKey": lambda request: self._members.delete(_member(request)),
        }

    def open(self, api_id: str, stage_name: str) -> dict[str, ApiKey]:
        """By value, the enabled keys whose plan covers a stage."""
        covering = {
            key[0]: read_plan(plan, stage)
            for key, plan in self.plans
            for stage in plan.get("apiStages", [])
            if (stage["apiId"], stage["stage"]) == (api_id, stage_name)
        }
        enabled = {key[0]: key for key, record in self.keys if record.get("enabled")}
        values = {key[0]: record["value"] for key, record in self.keys}
        return {
            values[key_id]: ApiKey(key_id, covering[plan_id])
            for (plan_id, key_id), _ in self._members
            if plan_id in covering and key_id in enabled
        }

    def forget_stages(self) -> None:
        """Takes stages that are gone out of their plans."""
        for key, plan in self.plans:
            stages = [stage for stage in plan.get("apiStages", []) if self._exists(stage)]
            self.plans.update(key, {"apiStages": stages})

    def _exists(self, stage: Record) -> bool:
        try:
            self._check_stage(stage["apiId"], stage["stage"])
        except AwsError:
            return False
        return True

    def _create_key(self, request: Record) -> Record:
        """A key is disabled unless the request says otherwise, as on AWS."""
        record = {
            "value": secrets.token_urlsafe(30),
            "enabled": False,
            **request,
            "id": new_id(),
            "createdDate": self._clock(),
        }
        if any(record["value"] == other["value"] for _, other in self.keys):
            raise AwsError("ConflictException", "API Key already exists")
        self.keys.create([record["id"]], record)
        return record

    def _get_key(self, request: Record) -> Record:
        record = self.keys.get([request["apiKey"]])
        return record if request.get("includeValue") else _without_value(record)

    def _list_keys(self, request: Record) -> Record:
        name = request.get("nameQuery", "")
        keys = [key for _, key in self.keys if key.get("name", "").startswith(name)]
        return page(keys if request.get("includeValues") else map(_without_value, keys), request)

    def _update_key(self, request: Record) -> Record:
        key = [request["apiKey"]]
        operations = request.get("patchOperations", [])
        record = patched(self.keys.get(key), operations, self._shape("GetApiKey"))
        self.keys.replace(key, record)
        return _without_value(record)

    def _delete_key(self, request: Record) -> None:
        self.keys.delete([request["apiKey"]])
        self._leave(1, request["apiKey"])

    def _create_plan(self, request: Record) -> Record:
        self._check(request)
        record = request | {"id": new_id()}
        self.plans.create([record["id"]], record)
        return record

    def _list_plans(self, request: Record) -> Record:
        """With a keyId those that the key is in."""
        joined = {key[0] for key, _ in self._members if key[1] == request.get("keyId")}
        plans = (plan for key, plan in self.plans if "keyId" not in request or key[0] in joined)
        return page(plans, request)

    def _update_plan(self, request: Record) -> Record:
        key = [request["usagePlanId"]]
        record, shape = self.plans.get(key), self._shape("GetUsagePlan")
        for operation in request.get("patchOperations", []):
            if steps(operation)[0] == "apiStages":
                patch_stages(record, operation, shape)
            else:
                record = patched(record, [operation], shape)
        self._check(record)
        self.plans.replace(key, record)
        return record

    def _delete_plan(self, request: Record) -> None:
        plan = self.plans.get([request["usagePlanId"]])
        if plan.get("apiStages"):
            raise AwsError(
                "BadRequestException",
                f"Cannot delete Usage Plan {plan['id']} because there are API Stages "
                "associated with it. Remove them first.",
            )
        self.plans.delete([plan["id"]])
        self._leave(0, plan["id"])

    def _check(self, plan: Record) -> None:
        """Refuses what AWS would: a stage that is not there, a limit without its other half."""
        for stage in plan.get("apiStages", []):
            if not self._exists(stage):
                name = f"{stage['apiId']}:{stage['stage']}"
                raise AwsError("NotFoundException", f"API Stage not found: {name}")
            for limit in stage.get("throttle", {}).values():
                read_limit(limit)
        read_limit(plan.get("throttle"))
        read_quota(plan.get("quota"))

    def _join(self, request: Record) -> Record:
        stages = self.plans.get([request["usagePlanId"]]).get("apiStages", [])
        covered = {(stage["apiId"], stage["stage"]) for stage in stages}
        joined = {key[0] for key, _ in self._members if key[1] == request["keyId"]}
        for (plan_id,), other in self.plans:
            theirs = {(stage["apiId"], stage["stage"]) for stage in other.get("apiStages", [])}
            if plan_id in joined - {request["usagePlanId"]} and covered & theirs:
                message = "cannot reference multiple Usage Plans with the same API Stage"
                raise AwsError("ConflictException", f"API Key {request['keyId']} {message}")
        key = self.keys.get([request["keyId"]])
        record = {"id": request["keyId"], "type": request["keyType"], "value": key["value"]}
        if "name" in key:
            record["name"] = key["name"]
        self._members.create([request["usagePlanId"], request["keyId"]], record)
        return record

    def _list_members(self, request: Record) -> Record:
        plan = request["usagePlanId"]
        self.plans.get([plan])
        return page((member for key, member in self._members if key[0] == plan), request)

    def _leave(self, part: int, identity: str) -> None:
        """Takes a key, or all keys of a plan, out of what they were members of."""
        for key, _ in self._members:
            if key[part] == identity:
                self._members.delete(key)


def _member(request: Record) -> list[str]:
    return [request["usagePlanId"], request["keyId"]]


def _without_value(key: Record) -> Record:
    return {name: member for name, member in key.items() if name != "value"}
