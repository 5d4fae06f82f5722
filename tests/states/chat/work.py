from promptflow.core import tool


@tool
def work(text: str, said: list = None, tone: str = "friendly") -> str:
    return text
