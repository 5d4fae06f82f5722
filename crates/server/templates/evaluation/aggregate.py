from typing import List

from promptflow.core import log_metric, tool


@tool
def aggregate(grades: List[str]) -> float:
    """Runs once over the grades of all lines."""
    accuracy = round(grades.count("Correct") / len(grades), 3) if grades else 0.0
    log_metric("accuracy", accuracy)
    return accuracy
