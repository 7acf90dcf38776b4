"""Each fault of the proxy, seen from both ends."""

import socket
import threading
import unittest

from rig.proxy import TO_CLIENT, TO_SERVER, Proxy
from rig.waiting import wait_until


class EchoServer:
    """Sends back what it gets; keeps what it got and whether the client ended its side."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self.received = b""
        self.ended = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=(connection,), daemon=True).start()

    def _echo(self, connection):
        try:
            while data := connection.recv(65536):
                self.received += data
                connection.sendall(data)
        except OSError:
            return
        self.ended += 1
        connection.sendall(b"bye")

    def close(self):
        self._listener.close()


class ProxyTest(unittest.TestCase):
    def setUp(self):
        self.server = EchoServer()
        self.addCleanup(self.server.close)
        self.proxy = Proxy(self.server.address)
        self.addCleanup(self.proxy.close)
        self.proxy.start()

    def connect(self, timeout=30):
        client = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=timeout)
        self.addCleanup(client.close)
        return client

    def connect_and_echo(self):
        client = self.connect()
        client.sendall(b"ping")
        self.assertEqual(client.recv(100), b"ping")
        return client

    def test_passes_both_ways(self):
        self.connect_and_echo()

    def test_end_of_client_reaches_server(self):
        client = self.connect_and_echo()
        client.shutdown(socket.SHUT_WR)
        wait_until(lambda: self.server.ended == 1, "the server saw the end")

    def test_cut_resets_and_lets_new_connections_in(self):
        client = self.connect_and_echo()
        self.proxy.cut()
        with self.assertRaises(ConnectionResetError):
            client.recv(100)
        self.connect_and_echo()

    def test_refuse_resets_new_connections_only(self):
        client = self.connect_and_echo()
        self.proxy.refuse()
        with self.assertRaises(OSError):
            other = self.connect()
            other.sendall(b"ping")
            if not other.recv(100):
                raise ConnectionResetError
        client.sendall(b"pong")
        self.assertEqual(client.recv(100), b"pong")

    def test_blackhole_holds_back_until_healed(self):
        client = self.connect_and_echo()
        self.proxy.blackhole()
        client.sendall(b"late")
        client.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            client.recv(100)
        self.assertEqual(self.server.received, b"ping")
        self.proxy.heal()
        client.settimeout(30)
        self.assertEqual(client.recv(100), b"late")

    def test_blackhole_accepts_new_connections(self):
        self.proxy.blackhole()
        client = self.connect(timeout=0.2)
        client.sendall(b"ping")
        with self.assertRaises(TimeoutError):
            client.recv(100)

    def test_dropped_answers_leave_the_request_applied(self):
        client = self.connect_and_echo()
        self.proxy.drop(TO_CLIENT)
        client.sendall(b"lost")
        wait_until(lambda: self.server.received == b"pinglost", "the server got the request")
        client.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            client.recv(100)

    def test_half_close_ends_one_direction(self):
        client = self.connect_and_echo()
        self.proxy.half_close(TO_SERVER)
        wait_until(lambda: self.server.ended == 1, "the server saw the end")
        self.assertEqual(client.recv(100), b"bye")

    def test_throttle_still_delivers_everything(self):
        self.proxy.throttle(1_000_000)
        client = self.connect()
        data = b"x" * 100_000
        client.sendall(data)
        got = b""
        while len(got) < len(data):
            got += client.recv(65536)
        self.assertEqual(got, data)


if __name__ == "__main__":
    unittest.main()
