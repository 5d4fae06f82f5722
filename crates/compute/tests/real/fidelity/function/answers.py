import os
from pathlib import Path
from typing import TypedDict

from promptflow.core import Prompty
from promptflow.tracing import trace


class Answered(TypedDict):
    answers: list
    service: str


@trace
def ask(question: str) -> str:
    return Prompty.load(source=Path(__file__).parent / "ask.prompty")(question=question)


def answer(question: str, times: int = 2) -> Answered:
    return {"answers": [ask(question) for _ in range(times)], "service": os.environ["SERVICE"]}
