"""Certificates of an authority of the test's own, made by openssl."""

import dataclasses
import pathlib
import shutil
import subprocess

_NEW = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-days", "2"]


@dataclasses.dataclass(frozen=True)
class Identity:
    """A private key (PKCS #8) and its certificate, both PEM."""

    key: pathlib.Path
    certificate: pathlib.Path

    def both(self):
        """One text with both, as Kafka's PEM key stores have it."""
        return self.key.read_text(encoding="ascii") + self.certificate.read_text(encoding="ascii")


def available():
    return shutil.which("openssl") is not None


class Authority:
    """Signs certificates; `certificate` is what those trust who trust it."""

    def __init__(self, directory, name="walferry's tests"):
        self._directory = pathlib.Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._own = self._make("ca", ["-subj", f"/CN={name}"])

    @property
    def certificate(self):
        return self._own.certificate

    def issue(self, name, *alternative_names):
        """An identity whose common name is `name`, for hosts given as DNS:… or IP:…"""
        options = ["-subj", f"/CN={name}", "-CA", self._own.certificate, "-CAkey", self._own.key,
                   "-addext", "basicConstraints=critical,CA:FALSE"]
        if alternative_names:
            options += ["-addext", "subjectAltName=" + ",".join(alternative_names)]
        return self._make(name, options)

    def _make(self, name, options):
        made = Identity(self._directory / f"{name}.key", self._directory / f"{name}.pem")
        subprocess.run([*_NEW, *options, "-keyout", made.key, "-out", made.certificate], check=True,
                       capture_output=True)
        made.key.chmod(0o600)
        return made
