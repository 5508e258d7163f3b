import threading
import time

from local.sagemaker.supervisor import Supervisor
from tests.unit.local.sagemaker.conftest import plan


class Watched:
    """Counts its checks; the third fails."""

    def __init__(self):
        self.plan = plan()
        self.checks = 0
        self.enough = threading.Event()

    def check(self):
        self.checks += 1
        if self.checks == 3:
            raise OSError("no more processes")
        if self.checks == 5:
            self.enough.set()


def test_variants_are_checked_and_measured_until_the_end_whatever_one_check_raises():
    variants = [Watched(), Watched()]
    measured: list[object] = []
    supervisor = Supervisor(variants, measured.append, pause_seconds=0.001)  # type: ignore[arg-type]
    assert all(variant.enough.wait(10) for variant in variants)
    supervisor.close()
    checks = [variant.checks for variant in variants]
    assert measured[:4] == [*variants, *variants]
    assert len(measured) == sum(checks)
    time.sleep(0.02)
    assert checks == [variant.checks for variant in variants]
