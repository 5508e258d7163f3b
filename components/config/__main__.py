"""`python -m components.config`: writes what is made from the models, for people and editors."""

import json
from pathlib import Path

from components.config.reference import markdown
from components.config.schema import stack_file_schema

DOCS = Path(__file__).parents[2] / "docs"


def pages() -> dict[Path, str]:
    """The pages by their paths; a test compares the files with them."""
    return {
        DOCS / "config.md": markdown(),
        DOCS / "config.schema.json": json.dumps(stack_file_schema(), indent=2) + "\n",
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text)
