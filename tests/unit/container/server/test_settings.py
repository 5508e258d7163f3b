"""The server's environment."""

from pathlib import Path

import pytest

from container.predictions import Disclosure
from container.server.resources import default_models_mib, default_workers
from container.server.settings import Settings, SettingsError


def test_an_empty_environment_gives_what_sagemaker_expects():
    assert Settings.from_environment({}) == Settings(
        model_dir=Path("/opt/ml/model"),
        bind_host="0.0.0.0",  # noqa: S104
        port=8080,
        workers=default_workers(),
        disclose=Disclosure.ALL,
        multi_model=False,
        models_mib=default_models_mib(),
    )


def test_every_setting_is_taken_from_its_variable():
    environment = {
        "MODEL_DIR": "build/iris-forest",
        "BIND_HOST": "127.0.0.1",
        "SAGEMAKER_BIND_TO_PORT": "9000",
        "WORKERS": "3",
        "DISCLOSE": "label",
        "SAGEMAKER_MULTI_MODEL": "true",
        "MODELS_MIB": "7",
    }
    assert Settings.from_environment(environment) == Settings(
        model_dir=Path("build/iris-forest"),
        bind_host="127.0.0.1",
        port=9000,
        workers=3,
        disclose=Disclosure.LABEL,
        multi_model=True,
        models_mib=7,
    )


def test_all_mistakes_are_named_together():
    environment = {
        "BIND_HOST": "localhost",
        "SAGEMAKER_BIND_TO_PORT": "65536",
        "WORKERS": "0",
        "DISCLOSE": "none",
        "MODELS_MIB": "all",
    }
    with pytest.raises(SettingsError) as error:
        Settings.from_environment(environment)
    assert str(error.value).splitlines() == [
        "BIND_HOST: 'localhost' is not an address. Allowed: an IPv4 address. "
        "Set 0.0.0.0, or 127.0.0.1 for this machine alone.",
        "SAGEMAKER_BIND_TO_PORT: '65536' is not allowed. Allowed: a whole number, 1..65535. "
        "Set one, or unset it for 8080.",
        "WORKERS: '0' is not allowed. Allowed: a whole number, 1..256. "
        f"Set one, or unset it for {default_workers()}.",
        "DISCLOSE: 'none' is not allowed. Allowed: all, rounded, label. "
        "Set one, or unset it for all.",
        "MODELS_MIB: 'all' is not allowed. Allowed: a whole number, 1..999999999. "
        f"Set one, or unset it for {default_models_mib()}.",
    ]


@pytest.mark.parametrize("text", ["", " 1", "1.0", "-1", "+1", "1_0", "\u0661", "9" * 5000])
def test_a_number_of_workers_is_nothing_but_digits(text):
    with pytest.raises(SettingsError, match="WORKERS: "):
        Settings.from_environment({"WORKERS": text})
