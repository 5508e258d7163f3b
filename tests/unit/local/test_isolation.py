import os

from hypothesis import given
from hypothesis import strategies as st

from local.isolation import NOWHERE, isolated

DANGEROUS = st.one_of(
    st.from_regex(r"(AWS|aws|Aws|PULUMI|pulumi|BOTO)_[A-Za-z0-9_]{0,12}", fullmatch=True),
    st.sampled_from(["http_proxy", "HTTPS_PROXY", "all_proxy", "Ftp_Proxy", "no_proxy"]),
)
HARMLESS = st.sampled_from(["PATH", "HOME", "LANG", "MY_AWS_NOTE", "XPULUMI_X", "TERM"])
PLANTED = "planted-value"


@given(st.dictionaries(DANGEROUS, st.just(PLANTED)), st.dictionaries(HARMLESS, st.text()))
def test_nothing_that_leads_to_an_account_or_a_proxy_survives(dangerous, harmless):
    before = {**dangerous, **harmless}
    kept = isolated(before)
    assert PLANTED not in kept.values()
    assert {name: kept[name] for name in harmless} == harmless
    assert before == {**dangerous, **harmless}


def test_what_is_set_leads_every_sdk_to_the_local_cloud():
    assert isolated({}, "http://127.0.0.1:4566") == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


def test_without_an_address_it_is_one_where_nothing_listens():
    assert isolated({})["AWS_ENDPOINT_URL"] == NOWHERE == "http://127.0.0.1:9"


@given(st.dictionaries(st.one_of(DANGEROUS, HARMLESS, st.text()), st.text()))
def test_isolating_twice_is_isolating_once(environment):
    assert isolated(isolated(environment)) == isolated(environment)
