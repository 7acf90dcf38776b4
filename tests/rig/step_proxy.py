"""A proxy that knows what a client asks for, names each step, and lets one of them fail once."""

import contextlib
import re
import socket
import struct
import threading

from . import ports

# Before a step reaches the server; after the server did it, its answer being lost.
CUT, LOSE = "cut", "lose"
_CHUNK = 65536
_SSL, _GSS, _CANCEL = 80877103, 80877104, 80877102
_KAFKA_CALLS = {
    0: "Produce", 1: "Fetch", 2: "ListOffsets", 3: "Metadata", 10: "FindCoordinator",
    18: "ApiVersions", 19: "CreateTopics", 22: "InitProducerId", 32: "DescribeConfigs"}


class Script:
    """What one client did, in order, and which step of it fails: (name, occurrence) and how, CUT,
    LOSE or an SQLSTATE. `spent` once it has failed."""

    def __init__(self, fails=None, how=None):
        self.steps = []
        self.spent = False
        self._fails, self._how = fails, how
        self._counts = {}
        self._lock = threading.Lock()

    def next(self, name):
        """Counts a step; how it fails, or None."""
        with self._lock:
            self._counts[name] = self._counts.get(name, 0) + 1
            step = name, self._counts[name]
            self.steps.append(step)
            if step != self._fails or self.spent:
                return None
            self.spent = True
            return self._how


class _Postgres:
    """Reads what a libpq client sends."""

    def __init__(self):
        self._kind = None

    def take(self, buffer):
        """(name of the step or None, bytes of the message), or None while it is not whole."""
        typed = self._kind is not None
        if len(buffer) < (5 if typed else 8):
            return None
        length = struct.unpack_from(">I", buffer, 1 if typed else 0)[0] + typed
        if len(buffer) < length:
            return None
        message = bytes(buffer[:length])
        return (self._name(message) if typed else self._begin(message)), message

    def _begin(self, message):
        code = struct.unpack_from(">I", message, 4)[0]
        if code in (_SSL, _GSS):
            return "encryption asked for"
        if code == _CANCEL:
            return "cancel request"
        self._kind = "replication" if b"replication\0" in message else "control"
        return f"{self._kind}: connect"

    def _name(self, message):
        if message[:1] == b"Q":
            return f"{self._kind}: {_generalised(message[5:-1].decode(errors='replace'))}"
        if message[:1] == b"d":
            return f"{self._kind}: status"
        ends = {b"X": "leave", b"c": "end of the stream"}
        return f"{self._kind}: {ends[message[:1]]}" if message[:1] in ends else None

    @staticmethod
    def refusal(sqlstate, starting):
        """What a server that refuses says; FATAL while a connection is being made."""
        fields = f"S{'FATAL' if starting else 'ERROR'}\0C{sqlstate}\0Mrefused by the test\0\0"
        body = fields.encode()
        error = b"E" + struct.pack(">I", len(body) + 4) + body
        return error if starting else error + b"Z\0\0\0\5I"


def _generalised(sql):
    """A statement without what differs from run to run."""
    text = re.sub(r"'[^']*'", "'?'", " ".join(sql.split()))
    text = re.sub(r"\d[0-9A-F/]*", "#", re.sub(r'"[^"]*"', '"?"', text))
    return text[:100]


class _Kafka:
    """Reads what a Kafka client sends; a request names its client."""

    def __init__(self):
        self.client = None

    def take(self, buffer):
        if len(buffer) < 4:
            return None
        length = struct.unpack_from(">I", buffer)[0] + 4
        if len(buffer) < length:
            return None
        message = bytes(buffer[:length])
        call, _, _, size = struct.unpack_from(">hhih", message, 4)
        self.client = message[14:14 + max(size, 0)].decode()
        return f"Kafka: {_KAFKA_CALLS.get(call, call)}", message


class _Link:
    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self._loses_answer = False
        threading.Thread(target=self._to_server, daemon=True).start()
        threading.Thread(target=self._to_client, daemon=True).start()

    def _to_server(self):
        protocol = self.proxy.protocol()
        buffer = bytearray()
        with contextlib.suppress(OSError):
            while data := self.client.recv(_CHUNK):
                buffer += data
                while found := protocol.take(buffer):
                    name, message = found
                    del buffer[:len(message)]
                    if not self._step(protocol, name, message):
                        return
        self.reset()

    def _step(self, protocol, name, message):
        """False when the connection is over."""
        how = self.proxy.script_of(protocol).next(name) if name else None
        if how == CUT:
            self.reset()
            return False
        if how is None or how == LOSE:
            self._loses_answer = self._loses_answer or how == LOSE
            self.server.sendall(message)
            return True
        starting = name.endswith(": connect")
        self.client.sendall(protocol.refusal(how, starting))
        if starting:
            self.reset(shutdown=True)
        return not starting

    def _to_client(self):
        with contextlib.suppress(OSError):
            while data := self.server.recv(_CHUNK):
                if self._loses_answer:
                    break
                self.client.sendall(data)
        self.reset()

    def reset(self, shutdown=False):
        """Closes both ends: with RST, or in order so that what was sent arrives."""
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                if not shutdown:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_WR if shutdown else socket.SHUT_RD)
            if not shutdown:
                end.close()


class StepProxy:
    """Forwards a loopback port to `target`; `script_of` tells whose step it is, of the protocol's
    state. Use as a context manager."""

    def __init__(self, target, protocol, script_of):
        self.protocol, self.script_of = protocol, script_of
        self.port = ports.allocate()
        self._target = target
        self._listener = None
        self._links = []

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(self._target, timeout=5)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._links.append(_Link(self, client, server))

    def cut(self):
        """Resets the open connections."""
        links, self._links = self._links, []
        for link in links:
            link.reset()


def for_postgres(port, script):
    """In front of a server, for one client."""
    return StepProxy(("127.0.0.1", port), _Postgres, lambda _: script)


def for_kafka(port, scripts):
    """In front of a broker; `scripts` by client.id, others pass."""
    nobody = Script()
    return StepProxy(("127.0.0.1", port), _Kafka,
                     lambda protocol: scripts.get(protocol.client, nobody))
