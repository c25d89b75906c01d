"""Servers with throw-away certificates, good and bad ones."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.support.faults import FaultServer

DAY = timedelta(days=1)


@cache
def authority() -> trustme.CA:
    """The root that the tests' clients trust."""
    return trustme.CA()


def trusting() -> ssl.SSLContext:
    """A verifying context for a client that trusts `authority`."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def serving(certificate: trustme.LeafCert, *, leaf_only: bool = False) -> ssl.SSLContext:
    """A server's context with a certificate of trustme."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if leaf_only:
        content = certificate.private_key_pem.bytes() + certificate.cert_chain_pems[0].bytes()
        with trustme.Blob(content).tempfile() as path:
            context.load_cert_chain(path)
    else:
        certificate.configure_cert(context)
    return context


def good(*names: str) -> ssl.SSLContext:
    """A server's context that the clients trust, for these names."""
    return serving(authority().issue_cert(*(names or ("127.0.0.1",))))


def expired() -> ssl.SSLContext:
    now = datetime.now(UTC).replace(tzinfo=None)
    return serving(authority().issue_cert("127.0.0.1", not_before=now - 9 * DAY, not_after=now - DAY))


def not_yet_valid() -> ssl.SSLContext:
    now = datetime.now(UTC).replace(tzinfo=None)
    return serving(authority().issue_cert("127.0.0.1", not_before=now + DAY, not_after=now + 9 * DAY))


def of_an_unknown_root() -> ssl.SSLContext:
    return serving(trustme.CA().issue_cert("127.0.0.1"))


def without_intermediate() -> ssl.SSLContext:
    return serving(authority().create_child_ca().issue_cert("127.0.0.1"), leaf_only=True)


def self_signed(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None) -> ssl.SSLContext:
    """A certificate that vouches for itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    return _own(key, key, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]))


def with_weak_key() -> ssl.SSLContext:
    """A trusted certificate with an RSA key of 1024 bits."""
    root = serialization.load_pem_private_key(authority().private_key_pem.bytes(), None)
    issuer = x509.load_pem_x509_certificate(authority().cert_pem.bytes()).subject
    return _own(rsa.generate_private_key(65537, 1024), root, issuer)  # type: ignore[arg-type]


def _own(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, signer: ec.EllipticCurvePrivateKey, issuer: x509.Name
) -> ssl.SSLContext:
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(signer, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with trustme.Blob(private + certificate.public_bytes(serialization.Encoding.PEM)).tempfile() as path:
        context.load_cert_chain(path)
    return context


def of_old_version() -> ssl.SSLContext:
    """A trusted certificate, and nothing newer than TLS 1.1."""
    context = good()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def refusing_the_name() -> ssl.SSLContext:
    """A server that knows no such name (SNI)."""
    context = good("api.okapi.example")
    context.sni_callback = lambda *_: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
    return context


@dataclass
class TlsServer(FaultServer):
    """A `FaultServer` behind TLS."""

    context: ssl.SSLContext = field(default_factory=good)
    application_bytes: int = 0
    """Bytes that a client sent once the handshake was over."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.url = self.url.replace("http:", "https:")

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            wrapped = self.context.wrap_socket(connection, server_side=True)
            self._open.append(wrapped)
            super()._serve(_Counting(wrapped, self))  # type: ignore[arg-type]


class _Counting:
    def __init__(self, connection: socket.socket, server: TlsServer) -> None:
        self._connection = connection
        self._server = server

    def recv(self, count: int) -> bytes:
        found = self._connection.recv(count)
        self._server.application_bytes += len(found)
        return found

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)
