import pytest

from local.engine.installed import Installed, UnusableError, find_installed
from local.engine.version import Version

HOST = "pulumi-language-python"


def test_no_pulumi_is_none(environ):
    assert find_installed(environ) is None


@pytest.mark.parametrize(
    "version", [Version(3, 238, 0), Version(3, 259, 0), Version(4, 0, 0)], ids=str
)
def test_a_new_enough_pulumi_with_its_language_host_is_taken(environ, add_tool, version):
    path = add_tool("pulumi", f"echo v{version}")
    add_tool(HOST, "")
    assert find_installed(environ) == Installed(path, version)


def test_the_language_host_may_stand_beside_the_file_that_a_link_on_path_names(
    environ, add_tool, tmp_path, tools
):
    add_tool("pulumi", "echo v3.259.0")
    add_tool(HOST, "")
    (tmp_path / "other").mkdir()
    link = tmp_path / "other" / "pulumi"
    link.symlink_to(tools / "pulumi")
    installed = find_installed({**environ, "PATH": str(link.parent)})
    assert installed == Installed(link, Version(3, 259, 0))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo v3.237.0", "{pulumi} is version 3.237.0, below 3.238.0"),
        ("echo v3.238.0-beta.1", "{pulumi} is version 3.238.0 (pre-release), below 3.238.0"),
        ("echo what", "`{pulumi} version` answers 'what'"),
        ("exit 4", "`{pulumi} version` ended with exit status 4"),
        ("echo v3.259.0", "{pulumi} has no pulumi-language-python beside it or on PATH"),
    ],
)
def test_a_pulumi_that_will_not_do_is_refused_with_the_reason(environ, add_tool, script, reason):
    pulumi = add_tool("pulumi", script)
    with pytest.raises(UnusableError) as caught:
        find_installed(environ)
    assert str(caught.value) == reason.format(pulumi=pulumi)


def test_a_pulumi_that_cannot_be_started_is_refused(environ, tools):
    (tools / "pulumi").write_text("#!/no/such/interpreter\n")
    (tools / "pulumi").chmod(0o755)
    with pytest.raises(UnusableError) as caught:
        find_installed(environ)
    assert str(caught.value) == f"{tools / 'pulumi'} cannot be started: No such file or directory"
