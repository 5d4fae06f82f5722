import os

from promptflow.core import tool


@tool
def variables(after: str) -> dict:
    return {name: os.environ.get(name) for name in ("SERVICE", "SECRET_OF", "PLAIN")}
