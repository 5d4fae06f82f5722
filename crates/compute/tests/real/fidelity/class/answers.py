from pathlib import Path
from typing import TypedDict

from promptflow.connections import CustomConnection
from promptflow.core import AzureOpenAIModelConfiguration, Prompty
from promptflow.tracing import trace


class Answered(TypedDict):
    style: str
    url: str
    answer: str


class Assistant:
    def __init__(self, model_config: AzureOpenAIModelConfiguration, connection: CustomConnection, style: str = "brief"):
        self.model, self.connection, self.style = model_config, connection, style

    @trace
    def __call__(self, question: str) -> Answered:
        ask = Prompty.load(source=Path(__file__).parent / "ask.prompty", model={"configuration": self.model})
        return {"style": self.style, "url": self.connection.url, "answer": ask(question=question)}
