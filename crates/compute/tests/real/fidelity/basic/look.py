from promptflow.contracts.multimedia import Image
from promptflow.core import tool


@tool
def look(picture: Image) -> dict:
    return {"type": picture._mime_type, "bytes": len(picture)}
