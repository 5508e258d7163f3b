import pytest

from local.api_gateway.model import Resource
from local.api_gateway.routing import Router

ROUTER = Router(
    tuple(
        Resource(path, {})
        for path in ("/{any+}", "/models/{name}", "/models/iris", "/models/{name}/x.y", "/")
    )
)


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/", "/", {}),
        ("/models/iris", "/models/iris", {}),
        ("/models/rose", "/models/{name}", {"name": "rose"}),
        ("/models/a%2Fb%20c", "/models/{name}", {"name": "a/b c"}),
        ("/models/%ff", "/models/{name}", {"name": "\ufffd"}),
        ("/models/a/x.y", "/models/{name}/x.y", {"name": "a"}),
        ("/models/a/xzy", "/{any+}", {"any": "models/a/xzy"}),
        ("/models/", "/{any+}", {"any": "models/"}),
        ("/a\nb", "/{any+}", {"any": "a\nb"}),
    ],
)
def test_the_most_specific_resource_wins(path, resource, parameters):
    match = ROUTER.match(path)
    assert match is not None
    assert (match.resource.path, match.parameters) == (resource, parameters)


@pytest.mark.parametrize("path", ["/", "/models", "/models/", "/models/a/b", "", "models/a"])
def test_a_path_of_no_resource_has_no_match(path):
    assert Router((Resource("/models/{name}", {}),)).match(path) is None
