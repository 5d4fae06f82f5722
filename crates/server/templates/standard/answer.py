from promptflow.core import tool


@tool
def answer(text: str) -> str:
    """What the flow gives for a text."""
    return f"You said: {text}"
