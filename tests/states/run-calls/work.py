from promptflow.core import tool


@tool
def work(text: str) -> str:
    return text
