from promptflow.tracing import trace


@trace
def answer(text: str = "Hello") -> str:
    """What the flow gives for a text."""
    return f"You said: {text}"
