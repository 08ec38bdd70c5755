"""Mocks for clients, plain and for those that speak nothing but https; each proves at its end that it kept its own contract."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.server.process import serving

CERTIFICATE = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split()


@dataclass(frozen=True)
class Mock:
    """A served mock.

    Args:
        origin: its URL without a path.
        certificate: the file that a client is told to trust; none where the mock speaks http.
    """

    origin: str
    certificate: str = ""

    @property
    def account(self) -> str:
        """What a client is given for the URL of an account."""
        return f"{self.origin}/activecampaign"

    def http(self, token: str) -> httpx.Client:
        """Return a client in the world of a token; its caller closes it."""
        trusted = ssl.create_default_context(cafile=self.certificate or None)
        return httpx.Client(base_url=f"{self.account}/api/3", headers={"Api-Token": token}, verify=trusted, trust_env=False, timeout=30)


@contextmanager
def serving_plainly(*options: str) -> Iterator[Mock]:
    """Serve all that is shipped over http with these options until the block ends."""
    with serving(*options) as served:
        mock = Mock(served.origin)
        yield mock
        assert_contract_was_kept(mock)


@contextmanager
def serving_securely(folder: Path, *options: str) -> Iterator[Mock]:
    """Serve https as `localhost` with these options until the block ends; the certificate, of our own making, stands in the folder."""
    certificate, key = str(folder / "cert.pem"), str(folder / "key.pem")
    openssl = shutil.which("openssl")
    assert openssl is not None, "these tests need openssl"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    subprocess.run([openssl, *CERTIFICATE, "-addext", names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    with serving("activecampaign", *options, "--tls-cert", certificate, "--tls-key", key) as served:
        mock = Mock(served.origin.replace("127.0.0.1", "localhost"), certificate)
        yield mock
        assert_contract_was_kept(mock)


def assert_contract_was_kept(mock: Mock) -> None:
    with mock.http("nobody") as client:
        health = client.get(f"{mock.origin}/_mock/health").json()
    assert {api["broken_contract"] for api in health["apis"]} == {0}
