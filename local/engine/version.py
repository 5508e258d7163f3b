"""Versions of Pulumi and Go: read from what the tools print, and compared."""

import re
from typing import NamedTuple, Self

_PULUMI = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)
_GO = re.compile(
    r"(?P<devel>devel )?go(\d+)\.(\d+)(?:\.(\d+))?(?P<pre>(?:beta|rc)\d+)?(?![\d.]).*", re.ASCII
)


class Version(NamedTuple):
    """A release, or a pre-release that comes just before it; ordered as semantic versions are.

    Pre-releases of one version count as equal: the lower limits held here are releases.
    """

    major: int
    minor: int
    patch: int
    is_release: bool = True

    @classmethod
    def of_pulumi(cls, text: str) -> Self | None:
        """Read the output of `pulumi version`, such as "v3.259.0"; None if it is no version.

        https://semver.org/
        """
        match = _PULUMI.fullmatch(text.strip())
        if match is None:
            return None
        major, minor, patch, pre_release = match.groups()
        return cls(int(major), int(minor), int(patch), pre_release is None)

    @classmethod
    def of_go(cls, text: str) -> Self | None:
        """Read the output of `go env GOVERSION`, such as "go1.26.8" or "go1.27rc1"; None if not.

        https://go.dev/doc/toolchain#version
        """
        match = _GO.fullmatch(text.strip())
        if match is None:
            return None
        major, minor, patch = match.group(2, 3, 4)
        is_release = match["devel"] is None and match["pre"] is None
        return cls(int(major), int(minor), int(patch or 0), is_release)

    def __str__(self) -> str:
        number = f"{self.major}.{self.minor}.{self.patch}"
        return number if self.is_release else f"{number} (pre-release)"
