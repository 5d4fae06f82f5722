from promptflow.core import tool


@tool
def join(odd: str = None, even: str = None) -> str:
    return "odd={} even={}".format(odd, even)
