from promptflow.core import tool


@tool
def same(question: list) -> list:
    return question
