from local.home import REPOSITORY
from local.provider import inert


def test_the_list_of_used_and_kept_properties_is_up_to_date():
    written = (REPOSITORY / "local" / "inert.md").read_text()
    assert written == inert.markdown(), "python -m local.provider.inert > local/inert.md"


def test_a_type_says_what_it_uses_and_what_it_keeps():
    [row] = [line for line in inert.markdown().splitlines() if "aws:iam/rolePolicy:" in line]
    assert row == ("| aws:iam/rolePolicy:RolePolicy | `name`, `namePrefix`, `role` | `policy` |")
