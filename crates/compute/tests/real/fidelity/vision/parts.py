from promptflow.core import tool


@tool
def parts(question: list) -> list:
    return [type(part).__name__ for part in question]
