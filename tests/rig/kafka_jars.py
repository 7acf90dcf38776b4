"""Apache Kafka as jars from Maven."""

import os
import shlex
import shutil
import subprocess

from . import cache
from .postgres_binaries import Unavailable

VERSION = "4.3.1"
_LOG4J = "2.25.1"

_TOOLS = {
    "kafka-acls.sh": "org.apache.kafka.tools.AclCommand",
    "kafka-configs.sh": "kafka.admin.ConfigCommand",
    "kafka-topics.sh": "org.apache.kafka.tools.TopicCommand",
}

_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>walferry</groupId><artifactId>rig</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
      <version>{VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId>
      <version>{VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId>
      <version>{_LOG4J}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId>
      <version>{_LOG4J}</version></dependency>
  </dependencies>
</project>
"""

_LOG4J_PROPERTIES = """rootLogger.level = WARN
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d %p %m (%c)%n
"""


def _download(target):
    (target / "pom.xml").write_text(_POM, encoding="utf-8")
    (target / "log4j2.properties").write_text(_LOG4J_PROPERTIES, encoding="utf-8")
    plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
    argv = ["mvn", "-q", "-B", "-Dstyle.color=never", "-f", target / "pom.xml", f"{plugin}:copy-dependencies",
            "-DincludeScope=runtime", f"-DoutputDirectory={target / 'lib'}"]
    try:
        done = subprocess.run(argv, cwd=target, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        raise Unavailable(f"Kafka needs Maven: {error}") from error
    if done.returncode != 0:
        reason = next((line for line in done.stdout.splitlines() if "[ERROR]" in line), "")
        raise Unavailable(f"Maven could not fetch Kafka {VERSION}: {reason}")


def directory():
    """Where the jars are; raises Unavailable when they or Java cannot be had."""
    if not shutil.which("java"):
        raise Unavailable("Kafka needs Java 17 (tests/rig/packages.sh run)")
    return cache.provide(f"kafka-{VERSION}", _download)


def java(*options):
    """The start of a command line that runs a class of Kafka's."""
    home = directory()
    return ["java", "-Djava.net.preferIPv4Stack=true",
            f"-Dlog4j2.configurationFile={home / 'log4j2.properties'}", *options,
            "-cp", str(home / "lib" / "*")]


def environment():
    """The environment for Java: ours, in a locale that does not matter."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def run_tool(command):
    """Runs a command line of Kafka's own programs (kafka-acls.sh ...) and returns what it printed."""
    program, *options = shlex.split(command)
    argv = java("-XX:TieredStopAtLevel=1") + [_TOOLS[program], *options]
    done = subprocess.run(argv, env=environment(), check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise RuntimeError(f"{program} failed:\n{done.stdout}")
    return done.stdout
