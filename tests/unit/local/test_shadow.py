import os

import pytest
import yaml

from local.shadow import ProjectError, find_project, lost_edits, shadow_project, stack_files

PROJECT = """\
# the project
name: shop
runtime:
  name: python
  options:
    toolchain: pip
    virtualenv: .venv
"""
STACK = """\
# the development stack
secretsprovider: awskms://alias/pulumi?region=eu-central-1
encryptedkey: AQICAHg=
config:
  aws:region: eu-central-1
  shop:limit: "0123"
"""


@pytest.fixture
def project(tmp_path):
    project = tmp_path / "project"
    (project / "components").mkdir(parents=True)
    (project / "components/a.py").write_text("a = 1\n")
    (project / "__main__.py").write_text("import components.a\n")
    (project / "Pulumi.yaml").write_text(PROJECT)
    (project / "Pulumi.dev.yaml").write_text(STACK)
    return project


@pytest.fixture
def shadows(project):
    """Inside the project, as .local is."""
    return project / ".local" / "projects"


@pytest.fixture
def shadow(project, shadows):
    return shadow_project(project, shadows, [])


def bytes_of(folder):
    return {
        path: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".local" not in path.parts
    }


def stack_of(shadow, name="dev"):
    return yaml.safe_load((shadow / f"Pulumi.{name}.yaml").read_text())


def test_a_project_is_found_from_any_folder_in_it(project, tmp_path):
    assert find_project(project) == project
    assert find_project(project / "components") == project
    assert find_project(tmp_path) is None


def test_the_nearest_project_is_found(project):
    inner = project / "bootstrap"
    inner.mkdir()
    (inner / "Pulumi.yaml").write_text("name: bootstrap\nruntime: python\n")
    assert find_project(inner) == inner


def test_the_program_is_the_project_s_own(shadow, project, shadows):
    assert shadow == shadows / "shop"
    assert (shadow / "components").readlink() == project / "components"
    (project / "__main__.py").write_text("changed")
    assert (shadow / "__main__.py").read_text() == "changed"
    assert not os.path.lexists(shadow / ".local")


def test_no_byte_of_the_project_changes_whatever_the_engine_writes(project, shadows):
    before = bytes_of(project)
    shadow = shadow_project(project, shadows, [])
    for path in (shadow / "Pulumi.dev.yaml", shadow / "Pulumi.yaml"):
        assert not path.is_symlink()
        path.write_text(path.read_text() + "encryptionsalt: v1:abc\n")
    shadow_project(project, shadows, [])
    assert bytes_of(project) == before


def test_the_config_is_the_stacks_and_the_secrets_provider_is_not(shadow):
    assert stack_of(shadow) == {"config": {"aws:region": "eu-central-1", "shop:limit": "0123"}}


def test_the_salt_of_this_backend_is_kept_and_the_config_follows_the_project(
    shadow, project, shadows
):
    copy = shadow / "Pulumi.dev.yaml"
    copy.write_text("encryptionsalt: v1:ours\nconfig:\n  shop:limit: '9'\n")
    (project / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:theirs\nconfig: {a: b}\n")
    shadow_project(project, shadows, [])
    assert stack_of(shadow) == {"config": {"a": "b"}, "encryptionsalt": "v1:ours"}


def test_the_salt_moves_no_line_of_the_config(shadow, project, shadows):
    (shadow / "Pulumi.dev.yaml").write_text("encryptionsalt: v1:ours\n")
    shadow_project(project, shadows, [])
    written = (project / "Pulumi.dev.yaml").read_text().splitlines()
    kept = [line for line in written if not line.startswith(("secretsprovider", "encrypted"))]
    assert (shadow / "Pulumi.dev.yaml").read_text().splitlines() == [
        *kept,
        "encryptionsalt: v1:ours",
    ]


def test_config_that_a_command_changed_is_lost_and_named(shadow, project):
    assert lost_edits(project, shadow) == []
    copy = shadow / "Pulumi.dev.yaml"
    copy.write_text(
        "encryptionsalt: x\nconfig:\n  aws:region: eu-central-1\n  shop:limit: '0123'\n"
    )
    assert lost_edits(project, shadow) == []
    copy.write_text(copy.read_text() + "  shop:other: 1\n")
    assert lost_edits(project, shadow) == ["Pulumi.dev.yaml"]


def test_a_stack_is_copied_as_it_is_written(project, shadows):
    text = "# why\nconfig:\n  shop:at: 12:30:00  # no base 60\n  shop:on: yes\n"
    (project / "Pulumi.dev.yaml").write_text(f"secretsprovider: awskms://alias/x\n{text}")
    shadow = shadow_project(project, shadows, [])
    assert (shadow / "Pulumi.dev.yaml").read_text() == text


def test_an_empty_stack_file_is_a_stack(project, shadows):
    (project / "Pulumi.empty.yaml").write_text("")
    shadow = shadow_project(project, shadows, [])
    assert stack_files(shadow)["empty"].exists()
    assert sorted(stack_files(shadow)) == ["dev", "empty"]


def test_what_comes_and_goes_in_the_project_does_so_in_its_shadow(project, shadows, shadow):
    (project / "__main__.py").unlink()
    (project / "new.py").touch()
    shadow_project(project, shadows, [])
    names = {path.name for path in shadow.iterdir()}
    assert names == {"components", "new.py", "Pulumi.yaml", "Pulumi.dev.yaml"}


def test_a_link_that_leads_elsewhere_is_led_back(project, shadows, shadow, tmp_path):
    (shadow / "components").unlink()
    (shadow / "components").symlink_to(tmp_path)
    shadow_project(project, shadows, [])
    assert (shadow / "components").readlink() == project / "components"


def test_the_virtual_environment_is_the_projects(shadow, project):
    definition = yaml.safe_load((shadow / "Pulumi.yaml").read_text())
    assert definition["runtime"]["options"]["virtualenv"] == str(project / ".venv")
    assert definition["runtime"]["options"]["toolchain"] == "pip"
    assert "plugins" not in definition


@pytest.mark.parametrize("runtime", ["python", {"name": "python"}, {"name": "go", "options": None}])
def test_a_project_without_a_virtual_environment_gets_none(project, shadows, runtime):
    (project / "Pulumi.yaml").write_text(yaml.safe_dump({"name": "shop", "runtime": runtime}))
    definition = yaml.safe_load((shadow_project(project, shadows, []) / "Pulumi.yaml").read_text())
    assert definition == {"name": "shop", "runtime": runtime}


def test_a_language_host_of_ours_is_named_to_the_engine(project, shadows, tmp_path):
    shadow = shadow_project(project, shadows, [tmp_path / "host"])
    definition = yaml.safe_load((shadow / "Pulumi.yaml").read_text())
    assert definition["plugins"]["languages"] == [
        {"name": "python", "path": str(tmp_path / "host")}
    ]


def test_a_shadow_is_its_own_shadow(shadow, shadows):
    (shadow / "Pulumi.dev.yaml").write_text("config: {a: b}\nsecretsprovider: passphrase\n")
    assert shadow_project(shadow, shadows, []) == shadow
    assert list(shadows.iterdir()) == [shadow]
    assert (shadow / "__main__.py").read_text() == "import components.a\n"
    assert stack_of(shadow) == {"config": {"a": "b"}, "secretsprovider": "passphrase"}


def test_a_project_inside_a_project_has_a_shadow_of_its_own(project, shadows, shadow):
    inner = project / "bootstrap"
    inner.mkdir()
    (inner / "Pulumi.yaml").write_text("name: bootstrap\nruntime: python\n")
    assert shadow_project(inner, shadows, []) == shadows / "bootstrap"
    shadow_project(project, shadows, [])
    assert (shadow / "bootstrap").readlink() == inner


@pytest.mark.parametrize("name", [None, "", "..", ".", "a/b", "../../out", 7, "x" * 101])
def test_a_name_that_would_be_no_folder_of_its_own_is_refused(project, shadows, name):
    (project / "Pulumi.yaml").write_text(yaml.safe_dump({"name": name}))
    with pytest.raises(ProjectError) as error:
        shadow_project(project, shadows, [])
    assert str(error.value) == (
        f"{project / 'Pulumi.yaml'}: name: {name!r} is not allowed. "
        "Allowed: 1 to 100 letters, digits, dashes, dots and underscores. Set one."
    )
    assert not shadows.exists()


@pytest.mark.parametrize("file", ["Pulumi.yaml", "Pulumi.dev.yaml"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: [", "is no YAML: "),
        (b"config:\n  a: 1\n  a: 2\n", "is no YAML: the key 'a' stands twice"),
        (b"\xff\xfe\xfd", "is no YAML: "),
        (b"- a", "holds ['a']. Allowed: a mapping. Mend it."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(project, shadows, file, content, message):
    (project / file).write_bytes(content)
    with pytest.raises(ProjectError) as error:
        shadow_project(project, shadows, [])
    assert str(error.value).startswith(f"{project / file} {message}")
