from promptflow.core import tool


@tool
def choose_reply(urgent: str = None, normal: str = None) -> str:
    """Take the reply of the branch that ran; a bypassed node gives None."""
    return (urgent or normal or "").strip()
