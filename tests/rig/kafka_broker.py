"""One Kafka broker, controller included: a Java process that can be killed, hung and restarted."""

import signal
import socket
import subprocess

from . import kafka_jars, ports, process
from .proxy import Proxy
from .waiting import wait_until

_PROPERTIES = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "INTERNAL",
    "listener.security.protocol.map": "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    "num.network.threads": "1",
    "num.io.threads": "2",
    "num.replica.fetchers": "1",
    "log.cleaner.dedupe.buffer.size": "2097152",
    "log.cleaner.threads": "1",
    "auto.create.topics.enable": "false",
    "num.partitions": "1",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "replica.lag.time.max.ms": "3000",
}


class Broker:
    """Broker `node` of a cluster. With `proxied`, clients are sent through `proxy`."""

    def __init__(self, node, directory, proxied=False, detached=False):
        self.node = node
        self.directory = directory / f"broker-{node}"
        self.directory.mkdir()
        self.client_port = ports.allocate()
        self.internal_port = ports.allocate()
        self.controller_port = ports.allocate()
        self.proxy = Proxy(("127.0.0.1", self.client_port)) if proxied else None
        self._detached = detached
        self._java_options = []
        self._process = None

    @property
    def address(self):
        """Where clients reach it."""
        port = self.proxy.port if self.proxy else self.client_port
        return f"127.0.0.1:{port}"

    @property
    def internal_address(self):
        """Where brokers reach it."""
        return f"127.0.0.1:{self.internal_port}"

    @property
    def voter(self):
        return f"{self.node}@127.0.0.1:{self.controller_port}"

    @property
    def log(self):
        return self.directory / "broker.log"

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process is not None and self._process.running

    @property
    def _config(self):
        return self.directory / "server.properties"

    def format(self, cluster_id, voters, overrides):
        """Writes the configuration and makes the log directory of a new cluster."""
        internal = self.internal_address
        everything = {
            **_PROPERTIES,
            "node.id": str(self.node),
            "controller.quorum.voters": voters,
            "listeners": f"CLIENT://127.0.0.1:{self.client_port},INTERNAL://{internal},"
                         f"CONTROLLER://127.0.0.1:{self.controller_port}",
            "advertised.listeners": f"CLIENT://{self.address},INTERNAL://{internal}",
            "log.dirs": str(self.directory / "logs"),
            **overrides,
        }
        text = "".join(f"{name}={value}\n" for name, value in everything.items())
        self._config.write_text(text, encoding="utf-8")
        argv = kafka_jars.java("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC") + [
            "kafka.tools.StorageTool", "format", "-t", cluster_id, "-c", str(self._config)]
        done = subprocess.run(argv, env=kafka_jars.environment(), check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError(f"formatting broker {self.node} failed:\n{done.stdout}")

    def start(self, java_options=()):
        """Starts the process; `listening` says when it accepts clients."""
        self._java_options = list(java_options) or self._java_options
        argv = kafka_jars.java("-Xms128m", "-Xmx512m", "-XX:+UseSerialGC", *self._java_options)
        argv += ["kafka.Kafka", str(self._config)]
        self._process = process.Process(argv, log=self.log, env=kafka_jars.environment(),
                                        cwd=self.directory, detached=self._detached)
        if self.proxy:
            self.proxy.start()

    def listening(self):
        """Whether it accepts clients; raises when it has ended."""
        if not self._process.running:
            raise RuntimeError(f"broker {self.node} ended:\n{self._process.log_tail()}")
        try:
            socket.create_connection(("127.0.0.1", self.client_port), timeout=1).close()
        except OSError:
            return False
        return True

    def terminate(self):
        """Asks it to stop in an orderly way: leaders move away first."""
        if self.running:
            self._process.thaw()
            self._process.signal(signal.SIGTERM)

    def stop(self):
        """Stops it in an orderly way and waits for its end."""
        if self.running:
            self.terminate()
            self._process.wait()

    def kill9(self):
        if self.running:
            self._process.kill9()

    def freeze(self):
        """Hangs it; connections stay open."""
        self._process.freeze()

    def thaw(self):
        self._process.thaw()

    def restart(self):
        """Starts it again on its old data and waits until it accepts clients."""
        self.start()
        wait_until(self.listening, f"broker {self.node} listened")

    def close(self):
        self.kill9()
        if self.proxy:
            self.proxy.close()
