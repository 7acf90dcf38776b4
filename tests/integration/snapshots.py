"""What the tests of snapshots share: topics rebuilt to tables, and a scene that begins with one."""

import json

from rig import checker
from rig.waiting import wait_until
from scene import Scene


def snapshot_scene(major=15, mode="initial", **settings):
    """A Scene whose walferry takes a snapshot."""
    made = Scene(major)
    made.walferry.config["snapshot"] = {"mode": mode, **settings}
    return made


def newest_by_position(events):
    """The tables as a consumer has them that keeps the newest position of each key."""
    rows, seen = {}, {}
    for event in sorted(events, key=lambda e: (e.partition, e.offset)):
        place = (event.change.table, event.change.key)
        if place in seen and event.position < seen[place]:
            continue
        seen[place] = event.position
        rows[place] = event.change.row
    return {place: row for place, row in rows.items() if row is not None}


def assert_tables_rebuilt(test, scene):
    """Both ways to read the topics end with what the tables hold."""
    events, actual = scene.events(), scene.truth.final_rows()
    test.assertGreater(len(actual), 0)
    test.assertEqual(checker.rebuild(events), actual)
    test.assertEqual(newest_by_position(events), actual)


def values(records):
    """The values of records that are no tombstones, parsed, in their order."""
    ordered = sorted(records, key=lambda r: (r.topic, r.partition, r.offset))
    return [json.loads(record.value) for record in ordered if record.value is not None]


def snapshot_status(scene):
    """The snapshot's part of /status, empty while nothing answers."""
    status, body = scene.walferry.get("/status")
    return json.loads(body).get("snapshot", {}) if status == 200 else {}


def wait_rows_read(scene, rows):
    """Waits until that many rows of the snapshot were read; true when it is still running."""
    wait_until(lambda: not scene.walferry.running
               or snapshot_status(scene).get("rows", 0) >= rows
               or scene.walferry.ready(),
               lambda: f"{rows} rows read:\n{scene.walferry.log_tail()}", interval=0.01)
    return scene.walferry.running and not scene.walferry.ready()
