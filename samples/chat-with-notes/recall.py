from typing import List

from promptflow.core import tool

MARK = "remember "


@tool
def recall(chat_history: List[dict], question: str) -> List[str]:
    """Everything that was to be remembered so far, oldest first."""
    said = [turn["inputs"]["question"] for turn in chat_history] + [question]
    return [text[len(MARK):].strip() for text in said if text.lower().startswith(MARK)]
