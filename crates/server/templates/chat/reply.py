from promptflow.core import tool


@tool
def reply(question: str, chat_history: list) -> str:
    """What the flow replies to a question. Each turn of the history has inputs and outputs."""
    turn = len(chat_history) + 1
    return f"Turn {turn}. You said: {question}"
