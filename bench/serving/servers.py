"""What is measured: each server, how it is started, and how it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.serving.rows import INSTANCES, ROWS, TENSORS, Format, including

SIZES = (1, 10, 100, 1_000)
"""Rows of a request."""

OURS, OURS_2, ONNX, ONNX_2 = "ours", "ours_2", "onnx", "onnx_2"
RECIPE, NOOP = "recipe", "noop"

SERVER_CORE, LOAD_CORE = "0", "1"
"""Where a server and the load run apart. A server of several workers shares both."""

OUR_ENVIRONMENT = "project"
"""Name of the environment that the benchmark itself runs in."""

WITHOUT_KERNEL = "onnx"
"""Name of the artifact that the compiled kernel's file was taken out of."""

_PROGRAMS = "bench.serving.programs"
_GUNICORN = (
    *("{bin}/gunicorn", "--bind", "127.0.0.1:{port}", "--workers", "1", "--preload"),
    *("--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--log-level", "warning"),  # noqa: S108
)


@dataclass(frozen=True)
class Server:
    """One that is measured.

    In its command and variables, {bin} is the folder of its environment's programs, {port},
    {grpc_port} and {metrics_port} are free, {model} is the pickled forest or our artifact.
    """

    name: str
    """Its key in the figures."""
    title: str
    runs: str
    """What it runs, for the reader."""
    command: Sequence[str]
    environment: str = OUR_ENVIRONMENT
    variables: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/ping"
    """Path that answers 200 once it serves."""
    path: str = "/invocations"
    form: Format = INSTANCES
    sizes: Sequence[int] = SIZES
    workers: int = 1
    artifact: str = ""
    """Of our server: the name of the artifact that it serves."""
    kernel: bool = False
    """Whether it is only itself with the compiled kernel."""
    predicts: bool = True

    @property
    def cores(self) -> str:
        """The processors of its processes, as taskset takes them."""
        return SERVER_CORE if self.workers == 1 else f"{SERVER_CORE},{LOAD_CORE}"

    @property
    def load_cores(self) -> str:
        """The processors of the load."""
        return LOAD_CORE if self.workers == 1 else f"{SERVER_CORE},{LOAD_CORE}"


def _ours(
    name: str,
    title: str,
    *,
    workers: int = 1,
    artifact: str = "iris-forest",
    form: Format = INSTANCES,
    sizes: Sequence[int] = SIZES,
    kernel: bool = False,
) -> Server:
    runs = "the compiled kernel" if kernel else "ONNX Runtime"
    if form is not INSTANCES:
        runs = "what the artifact has"
    return Server(
        name,
        title,
        runs=f"python -m container serve: {runs}",
        command=("{bin}/python", "-m", "container", "serve"),
        variables={
            "MODEL_DIR": "{model}",
            "WORKERS": str(workers),
            "BIND_HOST": "127.0.0.1",
            "SAGEMAKER_BIND_TO_PORT": "{port}",
        },
        form=form,
        sizes=sizes,
        workers=workers,
        artifact=artifact,
        kernel=kernel,
    )


SERVERS = (
    Server(
        RECIPE,
        "the recipe: Flask's development server",
        runs="predict and predict_proba of a pickle for every request",
        command=("{bin}/python", "-m", f"{_PROGRAMS}.recipe", "{port}"),
        variables={"MODEL": "{model}"},
    ),
    Server(
        "gunicorn",
        "the recipe under gunicorn",
        runs="the same, gthread, 4 threads, preloaded",
        command=(
            *(*_GUNICORN, "--worker-class", "gthread", "--threads", "4"),
            f"{_PROGRAMS}.recipe:app",
        ),
        variables={"MODEL": "{model}"},
    ),
    Server(
        "fastapi",
        "FastAPI + uvicorn",
        runs="the recipe's model code in a plain def",
        environment="fastapi",
        command=(
            *("{bin}/uvicorn", f"{_PROGRAMS}.fastapi_app:app", "--host", "127.0.0.1"),
            *("--port", "{port}", "--no-access-log", "--log-level", "warning"),
        ),
        variables={"MODEL": "{model}"},
    ),
    Server(
        "bentoml",
        "BentoML",
        runs="predict_proba of adaptive batches",
        environment="bentoml",
        command=(
            *("{bin}/bentoml", "serve", f"{_PROGRAMS}.bento_service:Forest"),
            *("--host", "127.0.0.1", "--port", "{port}", "--working-dir", "."),
        ),
        variables={"MODEL": "{model}", "BENTOML_DO_NOT_TRACK": "true"},
        ready="/readyz",
        path="/predict",
        form=ROWS,
    ),
    Server(
        "mlserver",
        "MLServer",
        runs="its scikit-learn runtime: predict and predict_proba, one parallel worker",
        environment="mlserver",
        command=("{bin}/mlserver", "start", "."),
        variables={
            "MLSERVER_HOST": "127.0.0.1",
            "MLSERVER_HTTP_PORT": "{port}",
            "MLSERVER_GRPC_PORT": "{grpc_port}",
            "MLSERVER_METRICS_PORT": "{metrics_port}",
            "MLSERVER_METRICS_DIR": "build/serving",
            "MLSERVER_DEBUG": "false",
            "MLSERVER_MODEL_NAME": "iris",
            "MLSERVER_MODEL_IMPLEMENTATION": "mlserver_sklearn.SKLearnModel",
            "MLSERVER_MODEL_URI": "{model}",
        },
        ready="/v2/models/iris/ready",
        path="/v2/models/iris/infer",
        form=TENSORS,
    ),
    Server(
        "litserve",
        "LitServe",
        runs="predict_proba of batches of up to 64 requests",
        environment="litserve",
        command=("{bin}/python", "-m", f"{_PROGRAMS}.litserve_app", "{port}"),
        variables={"MODEL": "{model}"},
        ready="/health",
        path="/predict",
    ),
    _ours(OURS, "ours", kernel=True),
    _ours(OURS_2, "ours, 2 workers", workers=2, kernel=True),
    _ours(ONNX, "ours, ONNX Runtime", artifact=WITHOUT_KERNEL),
    _ours(ONNX_2, "ours, ONNX Runtime, 2 workers", workers=2, artifact=WITHOUT_KERNEL),
    *(
        _ours(extra, f"ours, with {extra}", form=including(extra), sizes=(1, 100))
        for extra in ("contributions", "set", "intervals")
    ),
    # The worker class of container/server, or the ceiling is another stack's.
    Server(
        NOOP,
        "a no-op on our server's stack",
        runs="gunicorn and its ASGI worker, constant bytes",
        command=(
            *(*_GUNICORN, "--worker-class", "container.server.worker.Worker"),
            f"{_PROGRAMS}.noop:app",
        ),
        predicts=False,
    ),
)

QUICK = frozenset({RECIPE, OURS, OURS_2, ONNX, ONNX_2, NOOP})
"""Those that the targets are about."""
