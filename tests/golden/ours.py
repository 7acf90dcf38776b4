"""What walferry publishes where it differs: ours.json, so that a named difference is still tested.

The file maps a case to places (line@path) to values. `run_golden.py --accept` writes it; the
change is then for people to review.
"""

import json
import pathlib

from compare import ABSENT
from exact_json import loads, show

PATH = pathlib.Path(__file__).resolve().parent / "ours.json"

# The values of these are clocks and positions, or there is none.
_WITHOUT_VALUE = ("missing", "extra", "refused", "publication", "partition")


def load():
    return loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}


def of(differences):
    """What stands in the file for these differences."""
    return {one.place: {"absent": True} if one.actual is ABSENT else one.actual
            for one in differences if one.path[0] not in _WITHOUT_VALUE}


def problems(differences, kept):
    """Lines about values that are not the accepted ones."""
    found = of(differences)
    for place in sorted({*found, *kept}):
        if show(found.get(place)) != show(kept.get(place)) or (place in found) != (place in kept):
            yield (f"{place}: ours.json has {show(kept[place]) if place in kept else 'nothing'}, "
                   f"walferry {show(found[place]) if place in found else 'does not differ'}")


def save(places_by_case):
    """Writes the file anew; the cases that did not run keep what they had."""
    everything = {**load(), **places_by_case}
    lines = []
    for case in sorted(name for name, places in everything.items() if places):
        inner = ",\n".join(f"    {json.dumps(place, ensure_ascii=False)}: {show(value)}"
                           for place, value in everything[case].items())
        lines.append(f"  {json.dumps(case)}: {{\n{inner}\n  }}")
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
