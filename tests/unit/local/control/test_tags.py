from local.control.tags import Tags


def test_tags_are_added_replaced_and_taken_off():
    tags = Tags()
    tags.add("arn", [{"Key": "team", "Value": "a"}, {"Key": "env", "Value": "dev"}])
    tags.add("arn", [{"Key": "team", "Value": "b"}])
    tags.remove("arn", ["env", "never there"])
    assert tags.of("arn") == [{"Key": "team", "Value": "b"}]


def test_each_resource_has_tags_of_its_own():
    tags = Tags()
    tags.add("one", [{"Key": "a", "Value": "1"}])
    assert tags.of("other") == []


def test_a_resource_of_the_same_name_begins_without_tags():
    tags = Tags()
    tags.add("arn", [{"Key": "a", "Value": "1"}])
    tags.forget("arn")
    tags.forget("never there")
    assert tags.of("arn") == []
