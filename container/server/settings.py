"""What the server takes from its environment, parsed once at start."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from container.predictions import Disclosure
from container.server.resources import default_models_mib, default_workers

MAX_WORKERS = 256
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


class SettingsError(Exception):
    """The environment is wrong; the text has a line for every mistake in it."""


@dataclass(frozen=True)
class Settings:
    """How the server runs."""

    model_dir: Path
    """Folder of the model artifact. MODEL_DIR, default /opt/ml/model (where SageMaker puts it)."""
    bind_host: str
    """IPv4 address to listen on. BIND_HOST, default 0.0.0.0 (every interface)."""
    port: int
    """TCP port, 1..65535. SAGEMAKER_BIND_TO_PORT, default 8080 (as SageMaker's contract says)."""
    workers: int
    """Server processes, 1..256. WORKERS, default as many as processors and memory allow."""
    disclose: Disclosure
    """What answers tell. DISCLOSE: all (default), rounded or label."""
    multi_model: bool
    """Whether models are loaded and unloaded over HTTP. SAGEMAKER_MULTI_MODEL, which SageMaker sets
    to true for a container with Mode MultiModel."""
    models_mib: int
    """Memory for all models of such a container, MiB, 1..999999999. MODELS_MIB, default what the
    container has beside its worker."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Parse the variables, missing ones as their defaults.

        Raises SettingsError that names all mistakes together.
        https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
        """
        mistakes: list[str] = []
        settings = cls(
            model_dir=Path(environment.get("MODEL_DIR", "/opt/ml/model")),
            bind_host=_address(environment, "BIND_HOST", mistakes),
            port=_whole_number(environment, "SAGEMAKER_BIND_TO_PORT", 8080, 65_535, mistakes),
            workers=_whole_number(environment, "WORKERS", default_workers(), MAX_WORKERS, mistakes),
            disclose=_disclosure(environment, mistakes),
            multi_model=environment.get("SAGEMAKER_MULTI_MODEL", "").lower() == "true",
            models_mib=_whole_number(
                environment, "MODELS_MIB", default_models_mib(), 999_999_999, mistakes
            ),
        )
        if mistakes:
            raise SettingsError("\n".join(mistakes))
        return settings


def _address(environment: Mapping[str, str], name: str, mistakes: list[str]) -> str:
    # Inside a container, the one interface there is; SageMaker reaches the server by it.
    text = environment.get(name, "0.0.0.0")  # noqa: S104
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        mistakes.append(
            f"{name}: {text!r} is not an address. Allowed: an IPv4 address. "
            "Set 0.0.0.0, or 127.0.0.1 for this machine alone."
        )
    return text


def _whole_number(
    environment: Mapping[str, str], name: str, default: int, largest: int, mistakes: list[str]
) -> int:
    text = environment.get(name, str(default))
    if WHOLE_NUMBER.fullmatch(text) and 1 <= int(text) <= largest:
        return int(text)
    mistakes.append(
        f"{name}: {text!r} is not allowed. Allowed: a whole number, 1..{largest}. "
        f"Set one, or unset it for {default}."
    )
    return default


def _disclosure(environment: Mapping[str, str], mistakes: list[str]) -> Disclosure:
    text = environment.get("DISCLOSE", Disclosure.ALL)
    try:
        return Disclosure(text)
    except ValueError:
        mistakes.append(
            f"DISCLOSE: {text!r} is not allowed. Allowed: {', '.join(Disclosure)}. "
            f"Set one, or unset it for {Disclosure.ALL}."
        )
        return Disclosure.ALL
