# promptflow's executor service, with a keeper for each run: a process that runs nothing of the flow's, adopts whatever the
# run leaves behind, ends all of it with the run, and says how the run's process ended. The socket is the only argument.
import asyncio
import collections.abc
import ctypes
import dataclasses
import errno
import functools
import gc
import json
import logging
import os
import re
import select
import shutil
import signal
import stat
import sys
import tempfile
import threading
import time
import typing

sys.path[0] = os.getcwd()

# Looking for garbage among modules that are being loaded takes a fifth of the start and finds hardly any.
gc.disable()

import openai
import uvicorn
from fastapi import Response
from fastapi.encoders import jsonable_encoder
from promptflow._core._errors import ToolExecutionError
from promptflow._core.flow_execution_context import FlowExecutionContext
from promptflow._core.run_tracker import RunTracker
from promptflow._utils.exception_utils import ExceptionPresenter
from promptflow._utils.logger_utils import FileHandler, service_logger
from promptflow.connections import ConnectionProvider
from promptflow.contracts.flow import Flow
from promptflow.core import _prompty_utils
from promptflow.core._connection_provider._dict_connection_provider import DictConnectionProvider
from promptflow.exceptions import UserErrorException
from promptflow.executor import FlowExecutor
from promptflow.executor._prompty_executor import PromptyExecutor
from promptflow.executor._script_executor import ScriptExecutor
from promptflow.executor._service._errors import ExecutionCanceledError
from promptflow.executor._service.apis import execution
from promptflow.executor._service.apis.execution import (
    flow_execution,
    flow_test,
    node_execution,
    single_node_run,
)
from promptflow.executor._service.app import app
from promptflow.executor._service.contracts.execution_request import (
    CancelExecutionRequest,
    FlowExecutionRequest,
    NodeExecutionRequest,
)
from promptflow.executor._service.utils.service_utils import generate_error_response, set_environment_variables
from promptflow.executor.flow_executor import execute_flow
from promptflow.tracing._integrations._openai_injector import inject_openai_api
from promptflow.tracing._operation_context import OperationContext

# What is loaded stays: no later look for garbage goes through it, and the processes of runs share its memory.
gc.freeze()
gc.enable()

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
ASKED_TO_END = {signal.SIGINT, signal.SIGTERM}
THREADS_GO_ON = 5.0  # Seconds that threads have after a run's result.
LONGEST_PIECE = 2000  # Characters of a line of streamed text; a line is at most 16 KiB, which its reader takes whole.
LARGEST_STREAM = 2_000_000  # Characters that a run streams at most; the whole text comes with the result.
LOOK_AGAIN = 0.5  # Seconds after which what is loaded ahead is loaded, when nothing runs.
MASK = b"**data_scrubbed**"  # promptflow's own mark, for what is masked.
LONGEST_LINE = 65536  # Bytes of a line that is masked whole.
KEEPER_ENDS_RUN = 10.0  # Seconds that a keeper has to end a run.


def prctl(option, value):
    try:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (OSError, AttributeError):
        pass  # What is adopted then is adopted by the first process.


# The session's limit of processes.


def refused_processes():
    """How many processes the session's own group has refused, and how many it may have; None where that is not told."""
    try:
        with open("/proc/self/cgroup") as lines:
            groups = [line.rstrip("\n").split(":", 2)[1:] for line in lines]
    except OSError:
        return None
    for controllers, path in groups:
        if "pids" in controllers.split(","):
            top = "/sys/fs/cgroup/pids"
        elif controllers == "":
            top = "/sys/fs/cgroup"
        else:
            continue
        for folder in (top + path, top):
            try:
                with open(folder + "/pids.max") as file:
                    most = int(file.read())
                with open(folder + "/pids.events") as file:
                    counts = dict(line.split() for line in file)
                return int(counts["max"]), most
            except (OSError, ValueError, KeyError):
                pass
    return None


refused_before = refused_processes()


def limit_reached(error):
    """That the session has as many processes as it may have, when that is why this error came; else nothing."""
    is_refusal = getattr(error, "errno", None) == errno.EAGAIN or "can't start new thread" in str(error)
    now = refused_processes() if is_refusal else None
    if now is None or refused_before is None or now[0] <= refused_before[0]:
        return ""
    return ". The session has reached its limit of {:,} processes and threads".format(now[1])


def with_limit(error):
    """The error, which says that the limit of processes is its cause when it is."""
    said = limit_reached(error)
    return named_as(error, str(error) + said) if said else error


# A connection that signs in with an identity comes with its token.


class GivenToken:
    def __init__(self, token):
        self.token = token

    def get_token(self):
        return self.token


def give_tokens():
    build = DictConnectionProvider._build_connection

    def build_with_token(connection):
        built = build(connection)
        if "token" in connection:
            built._token_provider = GivenToken(connection["token"])
        return built

    DictConnectionProvider._build_connection = staticmethod(build_with_token)


# What a flow raises to end Python ends its node, as any exception does.


def ordinary(error):
    """The error as an exception of the same name that does not end Python."""
    if isinstance(error, Exception):
        return error
    return named_as(error, *error.args)


def named_as(error, *args):
    """An exception of the same name and place."""
    named = type(type(error).__name__, (Exception,), {"__module__": "builtins"})
    return named(*args).with_traceback(error.__traceback__)


def module_of(function):
    return getattr(function, "func", function).__module__


def guard_nodes():
    invoke, invoke_async = FlowExecutionContext._invoke_tool_inner, FlowExecutionContext._invoke_tool_async_inner

    def invoke_tool(self, node, f, kwargs):
        try:
            return invoke(self, node, f, kwargs)
        except ToolExecutionError as error:
            error.__cause__ = with_limit(error.__cause__)
            raise
        except Exception:
            raise
        except BaseException as error:
            raise ToolExecutionError(node_name=node.name, module=module_of(f)) from ordinary(error)

    async def invoke_tool_async(self, node, f, kwargs):
        try:
            return await invoke_async(self, node, f, kwargs)
        except (KeyboardInterrupt, SystemExit) as error:
            raise ToolExecutionError(node_name=node.name, module=module_of(f)) from ordinary(error)

    FlowExecutionContext._invoke_tool_inner = invoke_tool
    FlowExecutionContext._invoke_tool_async_inner = invoke_tool_async


def guard_entries():
    initialize = ScriptExecutor._initialize_function

    def guarded(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            try:
                return function(*args, **kwargs)
            except (KeyboardInterrupt, SystemExit) as error:
                raise ordinary(error) from None

        return call

    def initialize_function(self):
        initialize(self)
        if not self._is_async:
            self._func = guarded(self._func)

    ScriptExecutor._initialize_function = initialize_function


def write_any_text():
    """A log holds text that UTF-8 cannot, too: it is escaped."""

    def stream_handler(self, file_path):
        return logging.FileHandler(file_path, encoding="UTF-8", errors="backslashreplace")

    FileHandler._get_stream_handler = stream_handler


# Outputs that come piece by piece. promptflow joins the pieces; here they are also written to a file as they come.


class FlowRequest(FlowExecutionRequest):
    """promptflow's request, and how the run's outputs are streamed."""

    stream_path: typing.Optional[str] = None  # Where the pieces go, a line of JSON each.
    stream_models: bool = False  # Whether LLM nodes whose text is an output give it piece by piece.
    init_kwargs: typing.Optional[dict] = None  # What the class of a flex flow is made with.
    variants: dict = {}  # The variants that run, by node, where they aren't the default ones.
    masks: list = []  # Every form of the secrets that the run is given.


class NodeRequest(NodeExecutionRequest):
    """promptflow's request, which variants run, and what is masked."""

    variants: dict = {}
    masks: list = []


class Stream:
    def __init__(self, path):
        self.file, self.lock, self.left = open(path, "ab", buffering=0), threading.Lock(), LARGEST_STREAM

    def write(self, output, text):
        with self.lock:
            text = text[: self.left]
            self.left -= len(text)
            for start in range(0, len(text), LONGEST_PIECE):
                self.file.write(as_json({"output": output, "text": text[start : start + LONGEST_PIECE]}) + b"\n")

    def of(self, output, pieces):
        """The same pieces, written as they are taken."""
        if isinstance(pieces, collections.abc.AsyncIterator):
            return self.of_async(output, pieces)
        if isinstance(pieces, collections.abc.Iterator):
            return self.of_sync(output, pieces)
        return pieces

    def of_sync(self, output, pieces):
        for piece in pieces:
            self.write(output, str(piece))
            yield piece

    async def of_async(self, output, pieces):
        async for piece in pieces:
            self.write(output, str(piece))
            yield piece

    def of_all(self, outputs):
        if isinstance(outputs, dict):
            return {name: self.of(name, pieces) for name, pieces in outputs.items()}
        if dataclasses.is_dataclass(outputs):
            for field in dataclasses.fields(outputs):
                setattr(outputs, field.name, self.of(field.name, getattr(outputs, field.name)))
            return outputs
        return self.of("output", outputs)


def stream_outputs(stream):
    """Writes the pieces of every output that comes in pieces, in this process."""
    for executor in (FlowExecutor, ScriptExecutor):
        for name in ("_stringify_generator_output", "_stringify_generator_output_async"):
            setattr(executor, name, streaming(stream, executor, getattr(executor, name)))


def streaming(stream, executor, join):
    def streamed(self, outputs):
        # What joins the outputs of scripts calls what joins those of flows, for the same outputs.
        is_first = executor is ScriptExecutor or not isinstance(self, ScriptExecutor)
        return join(self, stream.of_all(outputs) if is_first else outputs)

    return streamed


def join_pieces(output):
    return "".join(str(piece) for piece in output)


def keep_joined_text():
    """A node that gives its output in pieces has their text as its output, as the flow has."""
    update = RunTracker.update_and_persist_generator_node_runs

    def update_and_persist(self, run_id, node_names):
        update(self, run_id, node_names)
        for node in self.collect_child_node_runs(run_id):
            if node.node in node_names and isinstance(node.output, list):
                node.output = join_pieces(node.output)

    RunTracker.update_and_persist_generator_node_runs = update_and_persist


# What promptflow's service leaves to promptflow's own programs: variants, and connections by name.


def choose_variants(chosen):
    """Flows that are loaded in this process have the variants that were chosen in place of their nodes, else the default
    ones. promptflow gives a node that runs alone none."""
    deserialize = Flow.deserialize

    def with_variants(data):
        flow = deserialize(data)
        for node, variant in chosen.items():
            flow.node_variants[node].default_variant_id = variant
        return flow._apply_default_node_variants()

    Flow.deserialize = staticmethod(with_variants)


class GivenConnections(DictConnectionProvider):
    """The connections of the run's request."""

    def get(self, name):
        if isinstance(name, str) and name not in self._connections:
            message = "The connection \u2018{name}\u2019 doesn\u2019t exist, or this flow can\u2019t use it."
            raise UserErrorException(message_format=message, name=name)
        return super().get(name)


def give_connections(connections):
    """Prompty files and model configurations name connections that they would look for in promptflow's own store."""
    given = GivenConnections(dict(connections or {}))

    def get_by_name(name):
        kind = given.get(name).TYPE
        value = given._connections_dict[name]["value"]
        return dict(value), kind

    ConnectionProvider._instance = given
    _prompty_utils.get_connection_by_name = get_by_name


def take_inputs_of_sample():
    """A prompty that declares no inputs takes those that its sample has."""
    initialize = PromptyExecutor._initialize_function

    def initialize_function(self):
        self.prompty._data["inputs"] = self.prompty._get_input_signature()
        return initialize(self)

    PromptyExecutor._initialize_function = initialize_function


def run_node(request):
    """promptflow's own run of one node. Pieces are joined at once, since no output of a flow takes them."""
    choose_variants(request.variants)
    give_connections(request.connections)
    invoke, invoke_async = FlowExecutionContext._invoke_tool_inner, FlowExecutionContext._invoke_tool_async_inner

    def invoke_tool(*args):
        output = invoke(*args)
        return join_pieces(output) if isinstance(output, collections.abc.Iterator) else output

    async def invoke_tool_async(*args):
        output = await invoke_async(*args)
        if isinstance(output, collections.abc.AsyncIterator):
            output = [piece async for piece in output]
            return join_pieces(output)
        return join_pieces(output) if isinstance(output, collections.abc.Iterator) else output

    FlowExecutionContext._invoke_tool_inner, FlowExecutionContext._invoke_tool_async_inner = invoke_tool, invoke_tool_async
    return single_node_run(request)


def run_flow(request):
    """promptflow's own run of a flow, whose outputs are streamed where that was asked for."""
    # promptflow looks for a prompty file from here.
    os.chdir(request.working_dir)
    choose_variants(request.variants)
    give_connections(request.connections)
    if request.stream_path is not None:
        stream_outputs(Stream(request.stream_path))
    execution.execute_flow = functools.partial(
        execute_flow,
        enable_stream_output=request.stream_path is not None and request.stream_models,
        init_kwargs=request.init_kwargs or None,
    )
    return flow_test(request)


# What runs would each load anew.


def load_clients():
    """Loads what promptflow has every run look for, and what a model's client needs: no call is made."""
    inject_openai_api()
    openai.OpenAI(api_key="none").close()


def load_ahead():
    """Has the processes of runs share what they'd each load anew, once the service answers: a start waits for none of it.

    It happens on the loop, so no run's process is begun in the midst of it."""
    if keepers:
        asyncio.get_running_loop().call_later(LOOK_AGAIN, load_ahead)
        return
    try:
        load_clients()
    except Exception:
        pass  # Another version of a package; the run that needs it says what is wrong.
    gc.collect()
    gc.freeze()


async def begin_to_load_ahead():
    asyncio.get_running_loop().call_later(LOOK_AGAIN, load_ahead)


# The run.


def as_json(content):
    """Text that UTF-8 cannot hold, such as half of a surrogate pair, is escaped."""
    try:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(content, separators=(",", ":")).encode()


def refusal(error):
    """The HTTP status and body that say why there is no result."""
    shown = ExceptionPresenter.create(ordinary(error)).to_dict(include_debug_info=True)
    response = generate_error_response(shown)
    return int(response.response_code), as_json(response.to_dict())


def run(target, args, kwargs, context, variables, answer):
    """Does what is asked for and leaves the HTTP status and the body in a file."""
    global refused_before
    refused_before = refused_processes()
    try:
        set_environment_variables(variables)
        if context:
            OperationContext.get_instance().update(context)
        service_logger.info("Start processing request in executor service...")
        status, body = 200, as_json(jsonable_encoder(target(*args, **kwargs)))
    except BaseException as error:
        status, body = refusal(error)
    with open(answer + ".part", "wb") as file:
        file.write(b"%d\n" % status)
        file.write(body)
    os.replace(answer + ".part", answer)


def run_and_exit(mask, *work):
    code = 1
    try:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        run(*work)
        code = 0
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, THREADS_GO_ON)
        threading._shutdown()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        os._exit(code)


# The keeper.


class Masks:
    """Finds the secrets that a run was given in what it writes."""

    def __init__(self, forms):
        forms = sorted((form.encode("utf-8", "surrogatepass") for form in forms), key=len, reverse=True)
        self.longest = len(forms[0]) if forms else 0
        self.pattern = re.compile(b"|".join(map(re.escape, forms))) if forms else None

    def bytes(self, text):
        return self.pattern.sub(MASK, text) if self.pattern else text

    def text(self, text):
        return self.bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def settled(self, text):
        """How much of what goes on can be masked now: a secret may begin in the rest."""
        end = text.rfind(b"\n") + 1
        if end == 0 and len(text) > LONGEST_LINE:
            end = len(text) - self.longest
            for found in self.pattern.finditer(text):
                end = max(end, found.end()) if found.start() < end else end
        return end


class Output:
    """What a run writes, on its way to the session's log: by lines, and without the secrets that the run was given."""

    def __init__(self, masks):
        self.masks, self.held = masks, b""
        self.read, self.write = os.pipe()
        os.set_blocking(self.read, False)

    def begin(self):
        """In the run's process."""
        os.dup2(self.write, 1)
        os.dup2(self.write, 2)
        os.close(self.read)
        os.close(self.write)

    def begun(self):
        """In the keeper."""
        os.close(self.write)

    def pass_on(self):
        """Passes on what has come; whether more can come."""
        while True:
            try:
                part = os.read(self.read, 65536)
            except BlockingIOError:
                return True
            if not part:
                return False
            self.held += part
            end = self.masks.settled(self.held)
            self.log(self.held[:end])
            self.held = self.held[end:]

    def end(self):
        self.pass_on()
        self.log(self.held)

    def log(self, text):
        text = self.masks.bytes(text)
        try:
            while text:
                text = text[os.write(1, text) :]
        except OSError:
            pass  # The disk is full: the run goes on.


def processes():
    """Every process: its parent, and when it started."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as file:
                    fields = file.read().rsplit(b")", 1)[1].split()
                found[int(name)] = int(fields[1]), int(fields[19])
            except (OSError, IndexError):
                pass  # It has ended.
    return found


def descendants(of, but=()):
    """What descends from a process, with when it started."""
    known, found, more = processes(), {}, {of}
    while more:
        more = {pid for pid, (parent, _) in known.items() if parent in more and pid not in found and pid not in but}
        found.update((pid, known[pid][1]) for pid in more)
    return found


def send(pid, started, number):
    """Sends a signal to that very process."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return  # It has ended.
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            if int(file.read().rsplit(b")", 1)[1].split()[19]) == started:
                signal.pidfd_send_signal(handle, number)
    except (OSError, IndexError):
        pass
    finally:
        os.close(handle)


def reap():
    """The status of what has ended, by its number."""
    ended = {}
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended[pid] = status


def end_descendants(but=(), reap=reap):
    """Ends everything that descends from this process. All of it is stopped first, so that nothing starts more."""
    stopped = set()
    while True:
        reap()
        found = descendants(os.getpid(), but)
        if not found:
            return
        new = set(found.items()) - stopped
        for pid, started in new or found.items():
            send(pid, started, signal.SIGSTOP if new else signal.SIGKILL)
        stopped |= new
        if not new:
            time.sleep(0.005)


def how(status):
    """How a run's process ended: a code, and a sentence of facts."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = str(number)
        code = "RunProcessKilled" if number == signal.SIGKILL else "RunProcessEnded"
        return code, "The run\u2019s process was ended by the signal %s." % name
    return "RunProcessEnded", "The run\u2019s process ended with exit code %d." % os.WEXITSTATUS(status)


def not_started(error):
    """That a run has no process: a code, and a sentence."""
    said = error.strerror + limit_reached(error)
    return "RunNotStarted", "The run\u2019s process can\u2019t be started: %s." % said


def leave_connections():
    """Lets go of the service's sockets, so that they close with the service."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/proc/self/fd"):
        try:
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                os.dup2(nothing, int(name), inheritable=False)
        except OSError:
            pass
    os.close(nothing)


def signals(output):
    """The signals that come, as sets; passes on what the run writes meanwhile."""
    numbers = ASKED_TO_END | {signal.SIGCHLD}
    if output is None:
        while True:
            yield {signal.sigwait(numbers)}
    come, wake = os.pipe()
    os.set_blocking(come, False)
    os.set_blocking(wake, False)
    for number in numbers:
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)
    poll = select.poll()
    poll.register(come, select.POLLIN)
    poll.register(output.read, select.POLLIN)
    while True:
        for ready, _ in poll.poll():
            if ready == come:
                yield set(os.read(come, 4096))
            elif not output.pass_on():
                poll.unregister(output.read)


def keep(mask, report, masks, *work):
    """Starts the run and waits until it ends or is to end; then ends everything that it has started, and says how."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        output = Output(masks) if masks.pattern else None
        for number in ASKED_TO_END:
            signal.signal(number, signal.SIG_DFL)
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        leave_connections()
        try:
            process = os.fork()
        except OSError as error:
            os.write(report, json.dumps(not_started(error)).encode())
            os._exit(0)
        if process == 0:
            os.close(report)
            if output:
                output.begin()
            run_and_exit(mask, *work)
        if output:
            output.begun()
        status = None
        for numbers in signals(output):
            if numbers & ASKED_TO_END:
                break
            status = reap().get(process)
            if status is not None:
                break
        end_descendants()
        if output:
            output.end()
        if status is not None:
            os.write(report, json.dumps(how(status)).encode())
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


# The service.


class NoResult(Exception):
    """A run that gave no result, with the HTTP status and body that say why."""

    def __init__(self, message, status, body):
        super().__init__(message)
        self.status, self.body = status, body

    @classmethod
    def because(cls, code, message):
        error = {"code": "SystemError", "message": message, "innerError": {"code": code, "innerError": None}}
        return cls(message, 500, as_json({"error": error}))


class Keeper:
    def __init__(self, masks, *work):
        read, write = os.pipe()
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, ASKED_TO_END | {signal.SIGCHLD})
        try:
            self.pid = os.fork()
            if self.pid == 0:
                os.close(read)
                keep(mask, write, masks, *work)
        except OSError as error:
            os.close(read)
            raise NoResult.because(*not_started(error)) from None
        finally:
            os.close(write)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        self.pipe, self.ended, self.canceled = read, asyncio.Event(), False

    async def report(self):
        """Waits for the end of the run; gives how its process ended."""
        loop, readable, said = asyncio.get_running_loop(), asyncio.Event(), b""
        loop.add_reader(self.pipe, readable.set)
        try:
            while True:
                await readable.wait()
                readable.clear()
                part = os.read(self.pipe, 1024)
                if not part:
                    break
                said += part
        finally:
            loop.remove_reader(self.pipe)
            os.close(self.pipe)
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            await asyncio.sleep(0.005)
        return json.loads(said) if said else ("RunProcessEnded", "The run was ended.")

    async def end(self):
        self.canceled = True
        try:
            os.kill(self.pid, signal.SIGCONT)
            os.kill(self.pid, signal.SIGTERM)
            await asyncio.wait_for(self.ended.wait(), KEEPER_ENDS_RUN)
        except asyncio.TimeoutError:
            os.kill(self.pid, signal.SIGKILL)
            await self.ended.wait()
        except ProcessLookupError:
            await self.ended.wait()


keepers = {}
canceled_before = set()


def read_answer(file):
    try:
        with open(file, "rb") as answer:
            return int(answer.readline()), answer.read()
    except FileNotFoundError:
        return None, None


def end_adopted():
    """Ends what was left by a run whose keeper was killed. Keepers adopt what other runs leave."""
    known = {keeper.pid for keeper in keepers.values()}

    def reap_adopted():
        for pid in [pid for pid, (parent, _) in processes().items() if parent == os.getpid() and pid not in known]:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass

    end_descendants(known, reap_adopted)


async def invoke(target, *, args=(), kwargs={}, run_id, context_dict=None, environment_variables=None, **_):
    """Runs a function in a process of its own, whose JSON becomes the answer."""
    folder, masks = tempfile.mkdtemp(prefix="run-"), Masks(getattr(args[0], "masks", ()) if args else ())
    answer = os.path.join(folder, "answer")
    try:
        if run_id in canceled_before:
            canceled_before.discard(run_id)
            raise NoResult("canceled", *refusal(ExecutionCanceledError(run_id)))
        keeper = keepers[run_id] = Keeper(masks, target, args, kwargs, context_dict, environment_variables, answer)
        service_logger.info("[%d--%d] Start process to execute the request." % (os.getpid(), keeper.pid))
        try:
            said = await keeper.report()
        finally:
            del keepers[run_id]
            end_adopted()
            keeper.ended.set()
        status, body = read_answer(answer)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if status == 200:
        return Response(body, media_type="application/json")
    if keeper.canceled:
        raise NoResult("canceled", *refusal(ExecutionCanceledError(run_id)))
    if status is not None:
        # The service writes it to the session's log.
        raise NoResult(masks.text(json.loads(body)["error"].get("message", "")), status, body)
    raise NoResult.because(*said)


async def no_result(_, error):
    return Response(error.body, error.status, media_type="application/json")


async def flow(request: FlowRequest):
    return await flow_execution(request)


async def node(request: NodeRequest):
    return await node_execution(request)


async def cancel(request: CancelExecutionRequest):
    keeper = keepers.get(request.run_id)
    if keeper is None:
        canceled_before.add(request.run_id)
    else:
        await keeper.end()
    return {"status": "canceled"}


prctl(PR_SET_CHILD_SUBREAPER, 1)
guard_nodes()
give_tokens()
guard_entries()
write_any_text()
keep_joined_text()
take_inputs_of_sample()
execution.invoke_sync_function_in_process = invoke
execution.flow_test, execution.single_node_run = run_flow, run_node
app.add_exception_handler(NoResult, no_result)
app.router.on_startup.append(begin_to_load_ahead)
for path, answer in (("/execution/cancel", cancel), ("/execution/flow", flow), ("/execution/node", node)):
    app.post(path)(answer)
    app.router.routes.insert(0, app.router.routes.pop())

uvicorn.run(app, uds=sys.argv[1], access_log=False, log_level="warning")
