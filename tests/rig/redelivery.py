"""What came again after kills, and for how long it had been at the broker while walferry ran."""

from . import checker


def _deliveries(records):
    """The times, in order, at which the broker got each event; it must stamp records itself."""
    times = {}
    for record in records:
        event = checker.parse(record)
        if event is not None:
            times.setdefault(event.identity, []).append(record.timestamp / 1000)
    return {identity: sorted(found) for identity, found in times.items() if len(found) > 1}


def _exposure(arrived, until, runs):
    """For how long some run streamed between the two times."""
    return sum(max(0.0, min(killed, until) - max(streaming, arrived)) for streaming, killed in runs)


def ages(records, runs):
    """One number for each delivery after the first: for how long walferry had streamed since the
    first, up to the last kill before it. `runs` are (streaming since, killed at) in wall-clock
    seconds."""
    out = []
    for first, *later in _deliveries(records).values():
        for again in later:
            kills = [killed for _, killed in runs if first <= killed <= again]
            out.append(_exposure(first, max(kills), runs) if kills else 0.0)
    return out
