from promptflow.contracts.multimedia import Image
from promptflow.core import tool


@tool
def same(picture: Image) -> Image:
    return picture
