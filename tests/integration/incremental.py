"""What the tests of incremental snapshots share: scenes that know nothing of their rows, the command, its answers."""

import contextlib
import json
import threading

from rig import walferry as program
from rig.waiting import wait_until
from scene import Scene

KEYS = 3_000  # of the load's sessions; more rows stand still


def fill(scene, rows):
    """Rows of every table of the load that no event of the stream tells of."""
    scene.sql(f"""
        INSERT INTO load_number SELECT g, g, 'old ' || g, g % 2 = 0
          FROM generate_series(0, {rows}) g;
        INSERT INTO load_text SELECT 'k' || g, g, E'o\\t\\\\d', NULL FROM generate_series(0, {rows}) g;
        INSERT INTO load_pair SELECT g % 7, 'b' || g, g, NULL, true FROM generate_series(0, {rows}) g;
        INSERT INTO load_full SELECT g, g, '', false FROM generate_series(0, {rows}) g;
        ANALYZE""")


def incremental_scene(major=15, chunk_rows=500, **more):
    """A Scene whose walferry does not know the rows that are there."""
    scene = Scene(major)
    scene.walferry.config["snapshot"] = {"mode": "never", "chunk_rows": chunk_rows}
    scene.walferry.config.update(more)
    return scene


def ask(scene, *arguments):
    """Runs `walferry snapshot`; it must succeed."""
    done = program.call("snapshot", *arguments, config=scene.walferry.config)
    if done.returncode != 0:
        raise AssertionError(f"walferry snapshot ended with {done.returncode}: {done.stderr}")
    return done.stdout


def status(scene):
    """What `walferry snapshot --status --json` says."""
    return json.loads(ask(scene, "--status", "--json"))


def wait_ended(scene, tables, seconds=120):
    """Waits until so many tables are remembered as ended; returns them."""
    wait_until(lambda: not scene.walferry.running or len(status(scene)["ended"]) >= tables,
               lambda: f"{tables} tables ended: {status(scene)}\n{scene.walferry.log_tail()}",
               seconds, interval=0.3)
    return status(scene)["ended"]


def rows_confirmed(scene):
    """Rows of all snapshots that are remembered as confirmed."""
    now = status(scene)
    return sum(table["rows"] for table in now["tables"] + now["ended"])


def idle(scene):
    """Whether nothing is asked for any more."""
    return not status(scene)["tables"]


def message(scene, content):
    """Writes a request as any user may."""
    text = content if isinstance(content, str) else json.dumps(content)
    scene.sql("SELECT pg_logical_emit_message(false, 'walferry.snapshot', %s)", (text,))


@contextlib.contextmanager
def hanging_commit(scene, sql):
    """Inside, a transaction has its commit in the WAL and waits for a standby: nobody sees it."""
    for setting in ("synchronous_commit = local", "synchronous_standby_names = absent"):
        scene.postgres.sql(f"ALTER SYSTEM SET {setting}")
        scene.postgres.sql("SELECT pg_reload_conf()")
    waiting = threading.Thread(target=lambda: scene.sql(f"SET synchronous_commit = on; {sql}"))
    waiting.start()
    try:
        wait_until(lambda: scene.postgres.value(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == 1,
            "the transaction waited for its standby")
        yield
    finally:
        scene.postgres.sql("ALTER SYSTEM SET synchronous_standby_names = ''")
        scene.postgres.sql("SELECT pg_reload_conf()")
        waiting.join()
