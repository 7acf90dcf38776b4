#!/usr/bin/python3
"""The chart and the image's recipe: what the templates give is YAML and fits walferry, by Go's own template engine."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

from rig.walferry import ROOT, binary, call

CHART = ROOT / "deploy/helm/walferry"
DOCKERFILE = (ROOT / "deploy/docker/Dockerfile").read_text(encoding="utf-8")


@unittest.skipUnless(shutil.which("go"), "no go")
class Chart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.renderer = pathlib.Path(directory.name) / "render"
        subprocess.run(["go", "build", "-o", cls.renderer, pathlib.Path(__file__).with_name("render.go")], check=True)

    def render(self, **values):
        """The manifests by kind, for the chart's values with some replaced."""
        given = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
        data = {"Values": {**given, **values}, "Release": {"Name": "shop"},
                "Chart": {"AppVersion": chart["appVersion"]}}
        found = {}
        for template in sorted((CHART / "templates").glob("*.yaml")):
            done = subprocess.run([self.renderer, CHART / "templates/_helpers.tpl", json.dumps(data)],
                                  input=template.read_text(encoding="utf-8"), text=True, capture_output=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, f"{template.name}: {done.stderr}")
            manifest = yaml.safe_load(done.stdout)
            if manifest:
                found[manifest["kind"]] = manifest
        return found

    def test_a_stream_has_one_reader(self):
        spec = self.render()["Deployment"]["spec"]
        self.assertEqual((spec["replicas"], spec["strategy"]), (1, {"type": "Recreate"}))

    def test_probes_ask_the_endpoints(self):
        pod = self.render()["Deployment"]["spec"]["template"]["spec"]
        box = pod["containers"][0]
        self.assertEqual(box["livenessProbe"]["httpGet"], {"path": "/healthz", "port": "http"})
        self.assertEqual(box["readinessProbe"]["httpGet"], {"path": "/readyz", "port": "http"})
        self.assertEqual(box["ports"][0]["containerPort"], 8480)
        self.assertTrue(box["securityContext"]["readOnlyRootFilesystem"])
        self.assertTrue(pod["securityContext"]["runAsNonRoot"])
        self.assertGreater(pod["terminationGracePeriodSeconds"], 30)

    def test_selectors_find_the_pods(self):
        all_of = self.render(serviceMonitor={"enabled": True, "interval": "5s", "labels": {"team": "cdc"}})
        labels = all_of["Deployment"]["spec"]["template"]["metadata"]["labels"]
        self.assertEqual(all_of["Deployment"]["spec"]["selector"]["matchLabels"], labels)
        self.assertEqual(all_of["Service"]["spec"]["selector"], labels)
        self.assertEqual(all_of["Service"]["metadata"]["labels"], labels)
        monitor = all_of["ServiceMonitor"]
        self.assertEqual(monitor["spec"]["selector"]["matchLabels"], labels)
        self.assertEqual(monitor["metadata"]["labels"]["team"], "cdc")
        self.assertTrue(monitor["spec"]["endpoints"][0]["relabelings"][0]["replacement"].startswith("walferry"))

    def test_secrets_come_by_reference(self):
        self.assertNotIn("ServiceMonitor", self.render())
        pod = self.render(secret="shop-cdc")["Deployment"]["spec"]["template"]["spec"]
        self.assertIn({"name": "secret", "mountPath": "/run/secrets", "readOnly": True},
                      pod["containers"][0]["volumeMounts"])
        self.assertEqual(pod["volumes"][1]["secret"]["secretName"], "shop-cdc")
        self.assertEqual(len(self.render()["Deployment"]["spec"]["template"]["spec"]["volumes"]), 2)

    def test_the_spool_has_a_place(self):
        pod = self.render(spool={"emptyDir": {"sizeLimit": "9Gi"}})["Deployment"]["spec"]["template"]["spec"]
        self.assertIn({"name": "spool", "mountPath": "/var/tmp"}, pod["containers"][0]["volumeMounts"])
        self.assertIn({"name": "spool", "emptyDir": {"sizeLimit": "9Gi"}}, pod["volumes"])
        self.assertIn({"name": "spool", "emptyDir": {}},
                      self.render()["Deployment"]["spec"]["template"]["spec"]["volumes"])

    def test_everything_else_that_can_be_set(self):
        pod = self.render(nodeSelector={"disk": "fast"}, tolerations=[{"operator": "Exists"}],
                          affinity={"podAffinity": {}}, imagePullSecrets=[{"name": "x"}],
                          podAnnotations={"a": "b"})["Deployment"]["spec"]["template"]
        self.assertEqual(pod["spec"]["nodeSelector"], {"disk": "fast"})
        self.assertEqual(pod["spec"]["tolerations"], [{"operator": "Exists"}])
        self.assertEqual(pod["spec"]["imagePullSecrets"], [{"name": "x"}])
        self.assertEqual(pod["metadata"]["annotations"]["a"], "b")

    @unittest.skipUnless(binary().exists(), "walferry is not built")
    def test_walferry_accepts_the_default_configuration(self):
        text = self.render()["ConfigMap"]["data"]["walferry.yaml"]
        with tempfile.TemporaryDirectory() as directory:
            (pathlib.Path(directory) / "password").write_text("hush", encoding="utf-8")
            done = call("config", "check", config=text,
                        env={"CREDENTIALS_DIRECTORY": directory, "WALFERRY_HTTP__LISTEN": "0.0.0.0:8480"})
        self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(shutil.which("helm"), "no helm")
    def test_helm_agrees(self):
        for what in ("lint", "template"):
            done = subprocess.run(["helm", what, CHART], text=True, capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Image(unittest.TestCase):
    def test_it_does_not_run_as_root(self):
        last = DOCKERFILE.split("\nFROM ")[-1]
        self.assertRegex(last, r"(?m)^USER (?!0|root)\d+:\d+$")
        self.assertTrue(last.startswith("debian:12-slim\n"))

    def test_what_it_copies_is_there(self):
        for path in re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE):
            self.assertTrue((ROOT / path).exists(), path)
        for path in re.findall(r"/src/(\S+\.sh)", DOCKERFILE):
            self.assertTrue((ROOT / path).is_file(), path)


if __name__ == "__main__":
    unittest.main()
