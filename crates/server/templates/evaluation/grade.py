from promptflow.core import tool


@tool
def grade(ground_truth: str, prediction: str) -> str:
    """Grades one line."""
    same = ground_truth.strip().lower() == prediction.strip().lower()
    return "Correct" if same else "Incorrect"
