"""A TCP proxy on loopback that breaks connections in every way a network can."""

import contextlib
import socket
import struct
import threading
import time

from . import ports

TO_SERVER, TO_CLIENT = "to_server", "to_client"
_CHUNK = 65536


def _reset(connection):
    """Closes with RST instead of FIN."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # A thread that waits in recv holds the socket open: wake it before the close.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
    connection.close()


class _Link:
    """One client connection, its connection to the server and a thread for each direction."""

    def __init__(self, proxy, client, server):
        self.proxy = proxy
        self.ends = {TO_SERVER: (client, server), TO_CLIENT: (server, client)}
        for direction in self.ends:
            threading.Thread(target=self._pump, args=(direction,), daemon=True).start()

    def _pump(self, direction):
        source, sink = self.ends[direction]
        try:
            while data := source.recv(_CHUNK):
                if self.proxy.admit(direction, len(data)):
                    sink.sendall(data)
            self.proxy.admit(direction, 0)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.reset()

    def half_close(self, direction):
        """The receiving side of `direction` sees the end; the other direction goes on."""
        with contextlib.suppress(OSError):
            self.ends[direction][1].shutdown(socket.SHUT_WR)

    def reset(self):
        for end in self.ends[TO_SERVER]:
            _reset(end)


class Proxy:
    """Forwards a loopback port to `target` (host, port), well or badly.

    Every fault takes effect at once for connections that are open and for those to come,
    and lasts until `heal`.
    """

    def __init__(self, target):
        self.target = target
        self.port = ports.allocate()
        self._state = threading.Condition()
        self._blackhole = False
        self._refuse = False
        self._dropped = set()
        self._rate = None
        self._links = []
        self._listener = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Listens; does nothing when it does already."""
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def close(self):
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.heal()
        self.cut()

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self._connect(client)

    def _connect(self, client):
        if self._refuse:
            _reset(client)
            return
        try:
            server = socket.create_connection(self.target, timeout=5)
        except OSError:
            _reset(client)
            return
        server.settimeout(None)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._state:
            self._links.append(_Link(self, client, server))

    def admit(self, direction, size):
        """Called for each chunk: waits as the faults demand, says whether to pass it on."""
        with self._state:
            self._state.wait_for(lambda: not self._blackhole)
            rate = self._rate
            dropped = direction in self._dropped
        if rate and not dropped:
            time.sleep(size / rate)
        return not dropped

    def _set(self, **fields):
        with self._state:
            for name, value in fields.items():
                setattr(self, f"_{name}", value)
            self._state.notify_all()

    def heal(self):
        """Passes everything again. What a blackhole held back arrives late; dropped bytes never."""
        self._set(blackhole=False, refuse=False, dropped=set(), rate=None)

    def blackhole(self):
        """Accepts connections, keeps them open and forwards nothing."""
        self._set(blackhole=True)

    def refuse(self):
        """Resets new connections; open ones go on."""
        self._set(refuse=True)

    def throttle(self, bytes_per_second):
        """Lets each direction of each connection pass so much."""
        self._set(rate=bytes_per_second)

    def drop(self, direction):
        """Swallows what goes in `direction`: with TO_CLIENT requests are applied, answers lost."""
        self._set(dropped={direction})

    def half_close(self, direction):
        """Ends `direction` of the open connections."""
        for link in list(self._links):
            link.half_close(direction)

    def cut(self):
        """Resets the open connections; new ones are accepted."""
        with self._state:
            links, self._links = self._links, []
        for link in links:
            link.reset()
