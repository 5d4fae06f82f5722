# One call of a model, by promptflow's own client for the connection: what was recorded of a call, or a change of it. The
# answer comes piece by piece where the service gives it so, and then whole, as promptflow's trace has a call. A service that
# is busy is asked again, as often and after the same waits as promptflow's nodes ask.
import itertools
import json
import time
from typing import Union

from openai import APIConnectionError, APIStatusError, APITimeoutError, BadRequestError, OpenAIError, RateLimitError
from promptflow.connections import AzureOpenAIConnection, OpenAIConnection, ServerlessConnection
from promptflow.core import tool
from promptflow.core._prompty_utils import get_open_ai_client_by_connection
from promptflow.tools.common import generate_retry_interval, is_retriable_api_connection_error

LONGEST_PIECE = 2000  # Characters of a line of text, which its reader takes whole.
LARGEST_STREAM = 2_000_000  # Characters that are told while they come; the whole text comes with the answer.
# promptflow's own numbers (`handle_openai_error`): how often a call is made again, and how often in a row after a 422.
MOST_AGAIN, MOST_UNPROCESSABLE = 100, 3
LONGEST_WAIT = 86_400  # Seconds. A service that names a longer wait isn't taken at its word.
# What a request with one of these gives isn't text alone.
NOT_STREAMED = ("audio", "function_call", "functions", "logprobs", "modalities", "tool_choice", "tools")


class Pieces:
    def __init__(self, path):
        self.file, self.left = open(path, "ab", buffering=0), LARGEST_STREAM

    def write(self, text):
        text = text[: self.left]
        self.left -= len(text)
        for start in range(0, len(text), LONGEST_PIECE):
            self.line("answer", text[start : start + LONGEST_PIECE])

    def wait(self, error, next_try, seconds):
        wait = {"error": type(error).__name__, "nextTry": next_try, "milliseconds": round(seconds * 1000)}
        self.line("wait", json.dumps(wait) + "\n")

    def line(self, output, text):
        self.file.write(json.dumps({"output": output, "text": text}).encode() + b"\n")


def client_of(connection):
    if isinstance(connection, ServerlessConnection):
        # As promptflow does for its own nodes.
        base = connection.api_base if connection.api_base.endswith("/v1") else connection.api_base + "/v1"
        connection = OpenAIConnection(api_key=connection.api_key, base_url=base)
    # Its own tries would be silent.
    return get_open_ai_client_by_connection(connection).with_options(max_retries=0)


def status_of(error):
    return error.status_code if isinstance(error, APIStatusError) else None


def may_pass(error):
    """Whether promptflow would ask again."""
    if isinstance(error, RateLimitError) and error.type == "insufficient_quota":
        return False
    if isinstance(error, APIStatusError):
        return error.status_code >= 500 or error.status_code in (422, 429)
    return isinstance(error, APITimeoutError) or is_retriable_api_connection_error(error)


def wait_after(error, made):
    """How long to wait after that many tries, in seconds: as long as the service says, else as promptflow does."""
    given = error.response.headers.get("retry-after") if isinstance(error, APIStatusError) else None
    try:
        seconds = float(given)
        if 0 <= seconds <= LONGEST_WAIT:
            return seconds
    except (TypeError, ValueError):
        pass
    return generate_retry_interval(made - 1)


def patient(ask, call, pieces):
    """What `ask` gives, once it does. The call is the try that did, or the last one."""
    unprocessable = 0
    for made in itertools.count(1):
        call["start_time"] = time.time()
        try:
            return ask()
        except (APIStatusError, APIConnectionError) as error:
            unprocessable = unprocessable + 1 if status_of(error) == 422 else 0
            if not may_pass(error) or made > MOST_AGAIN or unprocessable == MOST_UNPROCESSABLE:
                raise
            seconds = wait_after(error, made)
            pieces.wait(error, made + 1, seconds)
            time.sleep(seconds)


def is_streamed(request):
    return request.get("n") in (None, 1) and not any(request.get(name) for name in NOT_STREAMED)


def begun(create, request):
    """The stream of an answer, with the tokens at its end where the service knows how to give them."""
    try:
        return create(**request, stream=True, stream_options={"include_usage": True})
    except BadRequestError as error:
        if "stream_options" not in str(error):
            raise
        return create(**request, stream=True)


def take(stream, is_chat, pieces, answer):
    """Puts together what comes, as far as it comes."""
    choice = {"index": 0, "finish_reason": None}
    text = []
    answer["choices"] = [choice]

    def said():
        whole = "".join(text)
        choice.update({"message": {"role": "assistant", "content": whole}} if is_chat else {"text": whole})

    said()
    try:
        for chunk in stream:
            answer["model"] = chunk.model or answer.get("model")
            if getattr(chunk, "usage", None) is not None:
                answer["usage"] = chunk.usage.model_dump(mode="json", exclude_none=True)
            for part in chunk.choices[:1]:
                piece = (part.delta.content if is_chat else part.text) or ""
                choice["finish_reason"] = part.finish_reason or choice["finish_reason"]
                if piece:
                    text.append(piece)
                    pieces.write(piece)
    finally:
        said()


def words(error):
    cause = error.__cause__
    return "{}: {}{}".format(type(error).__name__, error, " " + str(cause) if cause is not None else "")


@tool
def call(
    connection: Union[AzureOpenAIConnection, OpenAIConnection, ServerlessConnection], request: dict, pieces: str
) -> dict:
    request = {name: value for name, value in request.items() if name not in ("stream", "stream_options")}
    is_chat = "messages" in request
    call = {
        "name": "chat.completions.create" if is_chat else "completions.create",
        "type": "LLM",
        "inputs": request,
        "output": None,
        "start_time": time.time(),
    }
    pieces = Pieces(pieces)
    try:
        client = client_of(connection)
        create = client.chat.completions.create if is_chat else client.completions.create
        if is_streamed(request):
            stream, call["output"] = patient(lambda: begun(create, request), call, pieces), {}
            take(stream, is_chat, pieces, call["output"])
        else:
            answer = patient(lambda: create(**request), call, pieces)
            call["output"] = answer.model_dump(mode="json", exclude_none=True)
    except (OpenAIError, TypeError) as error:
        # A parameter that the client doesn't know is a TypeError.
        call["error"] = {"message": words(error)}
    except Exception as error:
        # A stream that breaks off raises what the connection below raises.
        if not call["output"]:
            raise
        call["error"] = {"message": words(error)}
    call["end_time"] = time.time()
    return call
