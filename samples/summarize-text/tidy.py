from promptflow.core import tool


@tool
def tidy(text: str) -> str:
    """Removes the quotes and blanks that some models put around an answer."""
    return text.strip().strip('"').strip()
