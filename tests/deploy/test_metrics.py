#!/usr/bin/python3
"""Alert rules and dashboard use metrics and labels that walferry has, and promtool agrees with the rules."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy/prometheus"
RULES = PROMETHEUS / "walferry.rules.yaml"
DASHBOARD = ROOT / "deploy/grafana/walferry.json"

TARGET_LABELS = {"job", "instance"}
SELECTOR = re.compile(r"\b((?:walferry|process)_[a-z_]+)\b(\{[^}]*\})?")


def catalogue():
    """Every metric of /metrics with its labels; a histogram's series by their own names."""
    text = (ROOT / "lib/observe/catalogue.inc").read_text(encoding="utf-8")
    found = {}
    for name, kind, labels in re.findall(r'^METRIC\((\w+), (\w+), "([^"]*)"', text, re.MULTILINE):
        own = {label.strip() for label in labels.split(",") if label.strip()}
        if kind == "histogram":
            found[f"{name}_bucket"] = own | {"le"}
            found[f"{name}_sum"] = found[f"{name}_count"] = own
        else:
            found[name] = own
    return found


def family(name):
    """The catalogue's name of a series."""
    return re.sub(r"_(bucket|sum|count)$", "", name)


def used(expression):
    """(metric, labels in its braces) of every selector in a PromQL expression."""
    for name, braces in SELECTOR.findall(expression):
        yield name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', braces)))


def faults(expression, known):
    """What an expression uses that walferry does not have."""
    found = []
    for name, labels in used(expression):
        if name not in known:
            found.append(f"{name} is not in the catalogue: {expression}")
        else:
            found += [f"{name} has no label {label}: {expression}"
                      for label in labels - known[name] - TARGET_LABELS]
    return found


def alerts():
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels():
    return json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]


def anchor(heading):
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")


class Metrics(unittest.TestCase):
    def test_alerts_use_what_exists(self):
        known = catalogue()
        self.assertEqual([], [fault for rule in alerts() for fault in faults(rule["expr"], known)])

    def test_dashboard_uses_what_exists(self):
        known = catalogue()
        expressions = [target["expr"] for panel in panels() for target in panel.get("targets", [])]
        variables = json.loads(DASHBOARD.read_text(encoding="utf-8"))["templating"]["list"]
        expressions += [v["query"]["query"] for v in variables if v["type"] == "query"]
        self.assertGreater(len(expressions), 20)
        self.assertEqual([], [fault for one in expressions for fault in faults(one, known)])

    def test_a_wrong_name_or_label_would_be_noticed(self):
        known = catalogue()
        for wrong in ["walferry_lag_byte > 1", 'rate(walferry_lsn_bytes{stage="x"}[5m])',
                      "walferry_slot_nothing"]:
            self.assertEqual(len(faults(wrong, known)), 1, wrong)
        self.assertEqual([], faults('sum by (kind) (walferry_errors_total{kind=~"a=b", job="x"})', known))

    def test_messages_name_metrics_that_exist(self):
        """A cure that says which metric to watch: a name among other words of a text in the code."""
        known = catalogue()
        seen = []
        for folder in ("lib", "cmd"):
            for file in (ROOT / folder).rglob("*.cpp"):
                for text in re.findall(r'"((?:[^"\\\n]|\\.)* (?:[^"\\\n]|\\.)*)"', file.read_text(encoding="utf-8")):
                    seen += [(file.name, name) for name in re.findall(r"\bwalferry_[a-z]+_[a-z_]*[a-z]\b", text)]
        self.assertIn("judge.cpp", [file for file, _ in seen])
        self.assertEqual([], [one for one in seen if one[1] not in known])

    def test_each_alert_has_a_runbook(self):
        text = (PROMETHEUS / "README.md").read_text(encoding="utf-8")
        sections = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", text, re.MULTILINE))
        anchors = {anchor(heading) for heading in sections}
        for rule in alerts():
            place, _, where = rule["annotations"]["runbook"].partition("#")
            self.assertEqual(place, "deploy/prometheus/README.md")
            self.assertIn(where, anchors)
            body = sections[rule["alert"]]
            self.assertRegex(body, r"(?s)\nLook: .*\nMend: .*`", rule["alert"])
        self.assertEqual(set(sections), {rule["alert"] for rule in alerts()})

    def test_each_alert_is_tried(self):
        text = (PROMETHEUS / "walferry.rules.test.yaml").read_text(encoding="utf-8")
        for rule in alerts():
            self.assertRegex(text, rf"\b{rule['alert']}\b")
            self.assertIn(rule["labels"]["severity"], {"critical", "warning", "info"})

    def test_panels_do_not_overlap(self):
        taken = set()
        for panel in panels():
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                     for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(taken & cells, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24)
            taken |= cells

    @unittest.skipUnless(shutil.which("promtool"), "no promtool: apt-get install prometheus")
    def test_promtool(self):
        for what in (["check", "rules", RULES.name], ["test", "rules", "walferry.rules.test.yaml"]):
            done = subprocess.run(["promtool", *what], cwd=PROMETHEUS, text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @unittest.skipUnless(shutil.which("promtool"), "no promtool: apt-get install prometheus")
    def test_queries_of_the_dashboard_are_promql(self):
        rules = []
        for panel in panels():
            for target in panel.get("targets", []):
                expression = target["expr"].replace("$__rate_interval", "5m")
                rules.append({"record": f"panel:{len(rules)}", "expr": expression})
        text = json.dumps({"groups": [{"name": "dashboard", "rules": rules}]})
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            done = subprocess.run(["promtool", "check", "rules", file.name], text=True,
                                  capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
