"""thriftpy2 as a program:

    thriftpy2_peer.py server <transport> <protocol> <service>   prints READY <port>, then a line per oneway call
    thriftpy2_peer.py clients                                   takes and gives the lines of kitex-client

Both end on SIGTERM, and when standard input does.
"""

import json
import os
import queue
import signal
import sys
import threading

import thriftpy2
from thriftpy2.protocol import TBinaryProtocolFactory, TCompactProtocolFactory
from thriftpy2.server import TThreadedServer
from thriftpy2.thrift import TApplicationException, TClient, TException, TProcessor
from thriftpy2.transport import TBufferedTransportFactory, TFramedTransportFactory, TServerSocket, TSocket

from thriftpy2_values import compact, from_json, struct_to_json, to_json

IDL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "idl", "judge.thrift")
judge = thriftpy2.load(IDL, module_name="judge_thrift")
shared = judge.shared

TRANSPORTS = {"PurePayload": TBufferedTransportFactory, "Framed": TFramedTransportFactory}
PROTOCOLS = {"Binary": TBinaryProtocolFactory, "Compact": TCompactProtocolFactory}

_output = threading.Lock()


def print_line(line):
    with _output:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class Handler:
    def Ping(self, text):
        return text

    def EchoEverything(self, request):
        return request

    def EchoKeyed(self, request):
        return request

    def EchoDefaults(self, request):
        return request

    def MakeDefaults(self):
        return judge.Defaults()

    def EchoBinary(self, payload):
        return payload

    def Nothing(self):
        return None

    def Notify(self, token):
        print_line(compact({"event": "notified", "token": token}))

    def Join(self, first, second, rest, flag):
        return "%s/%d/%s/%s" % (first, second, ",".join(rest), "true" if flag else "false")

    def Find(self, what):
        if what == "missing":
            raise judge.NotFound(what=what, searched=1 << 40, near=judge.Point(x=1, y=-1))
        if what == "forbidden":
            raise shared.Denied(reason="not yours", missingRoles=["owner", "admin"])
        return "found " + what

    def Verify(self, what):
        self.Find(what)

    def Fail(self, message):
        raise RuntimeError(message)


def serve(transport, protocol, service):
    socket = TServerSocket("127.0.0.1", 0, client_timeout=None)
    listen = socket.listen

    def listen_and_say():
        listen()
        print_line("READY %d" % socket.sock.getsockname()[1])

    socket.listen = listen_and_say
    processor = TProcessor(getattr(judge, service), Handler())
    TThreadedServer(
        processor,
        socket,
        iprot_factory=PROTOCOLS[protocol](),
        itrans_factory=TRANSPORTS[transport](),
        daemon=True,
    ).serve()


class Client:
    """A connection whose calls are sent at once and answered in order: they are pipelined."""

    def __init__(self, host, port, transport, protocol, service):
        self.service = getattr(judge, service)
        self.transport = TRANSPORTS[transport]().get_transport(TSocket(host, port))
        self.transport.open()
        # One protocol for each direction: Compact keeps in it where in a struct it is, and answers are read while requests are written.
        answers, requests = (PROTOCOLS[protocol]().get_protocol(self.transport) for _ in range(2))
        self.client = TClient(self.service, answers, requests)
        self.waiting = queue.Queue()
        threading.Thread(target=self.receive, daemon=True).start()

    def call(self, line_id, method, given):
        spec = getattr(self.service, method + "_args").thrift_spec
        arguments = {}
        for entry in spec.values():
            name, inner = entry[1], entry[2] if len(entry) == 4 else None
            if name in given:
                arguments[name] = from_json(entry[0], inner, given[name])
        self.client._send(method, **arguments)
        if getattr(self.service, method + "_result").oneway:
            answer(line_id, {"ok": None})
        else:
            self.waiting.put((line_id, method))

    def receive(self):
        while True:
            line_id, method = self.waiting.get()
            result = getattr(self.service, method + "_result").thrift_spec.get(0)
            try:
                value = self.client._recv(method)
            except TApplicationException as error:
                answer(line_id, failure("application", str(error), typeId=error.type))
            except TException as error:
                if hasattr(error, "thrift_spec") and type(error).__module__ in ("judge_thrift", "shared_thrift"):
                    declared = {"name": type(error).__name__, "value": struct_to_json(error)}
                    answer(line_id, failure("exception", str(error), **declared))
                else:
                    answer(line_id, failure("other", repr(error)))
            except Exception as error:
                answer(line_id, failure("other", repr(error)))
            else:
                spec = result[2] if result is not None and len(result) == 4 else None
                answer(line_id, {"ok": None if result is None else to_json(result[0], spec, value)})


def failure(kind, message, **more):
    return {"error": {"kind": kind, "message": message, **more}}


def answer(line_id, content):
    print_line(json.dumps({"id": line_id, **content}))


def run_clients():
    clients = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            name = request["client"]
            if request["op"] == "call":
                clients[name].call(request["id"], request["method"], request["arguments"])
                continue
            if request["op"] == "dial":
                host, port = request["address"].split(":")
                way = request["transport"], request["protocol"], request["service"]
                clients[name] = Client(host, int(port), *way)
            else:
                clients.pop(name).transport.close()
            answer(request["id"], {"ok": None})
        except Exception as error:
            answer(request["id"], failure("other", repr(error)))


def end_with_input():
    sys.stdin.read()
    os._exit(0)


def end_with_signal():
    signal.sigwait({signal.SIGTERM})
    os._exit(0)


# A handler would run in the main thread only, and not at all if the signal comes just before that thread waits in accept.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
threading.Thread(target=end_with_signal, daemon=True).start()
if sys.argv[1] == "server":
    threading.Thread(target=end_with_input, daemon=True).start()
    serve(*sys.argv[2:])
else:
    run_clients()
    os._exit(0)
