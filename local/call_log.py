"""What every call of the local data plane leaves behind: who, what, on which resource, how it went.

One JSON object a line on standard output, which the daemon keeps in its log.
"""

import json
import sys
from dataclasses import dataclass
from typing import TextIO

from local.clock import Clock
from local.principal import Principal


@dataclass(frozen=True)
class CallLog:
    """Writes a line for each call. clock: the local cloud's. stream: where to."""

    clock: Clock
    stream: TextIO = sys.stdout

    def record(self, principal: Principal, action: str, resource: str, status: int | None) -> None:
        """Notes one call.

        action: IAM's name, such as sagemaker:InvokeEndpoint. status: HTTP's; None if the caller
        did not wait for the answer.
        """
        line = {
            "time": self.clock().isoformat(),
            "principal": str(principal),
            "action": action,
            "resource": resource,
            "status": status,
        }
        self.stream.write(json.dumps(line) + "\n")
        self.stream.flush()
