"""Certificates of the stand-in: an authority made on the spot, and one leaf for each host."""

import ipaddress
import ssl
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Fault = Literal["expired", "wrong-host", "self-signed"]

# Whatever the clock of the machine shows, the good ones are valid.
_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


class Authority:
    """An authority of this process alone; its private key is never written.

    `bundle` is the PEM file that clients must trust. Files go to `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("klastry stand-in authority")
        self._contexts: dict[tuple[str, Fault | None], ssl.SSLContext] = {}
        self._lock = Lock()
        self.bundle = folder / "authority.pem"
        self.bundle.write_bytes(self._own_certificate().public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, fault: Fault | None = None) -> ssl.SSLContext:
        """The server side of TLS for `host`; with `fault`, one that no client may accept."""
        with self._lock:
            if (host, fault) not in self._contexts:
                self._contexts[host, fault] = self._new_context(host, fault)
            return self._contexts[host, fault]

    def _own_certificate(self) -> x509.Certificate:
        key = self._key.public_key()
        usage = x509.KeyUsage(
            digital_signature=False, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        return (
            _certificate(self._name, self._name, key, _UNTIL)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _new_context(self, host: str, fault: Fault | None) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = key if fault == "self-signed" else self._key
        name = "wrong.invalid" if fault == "wrong-host" else host
        leaf = (
            _certificate(
                _name(name),
                _name(name) if fault == "self-signed" else self._name,
                key.public_key(),
                _LONG_AGO if fault == "expired" else _UNTIL,
            )
            .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
            )
            .sign(issuer, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file = self._folder / f"leaf-{len(self._contexts)}.pem"
        file.touch(mode=0o600)
        file.write_bytes(private + leaf.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer, subject, key, x509.random_serial_number(), not_valid_before=_FROM, not_valid_after=until
    )


def _name(common: str) -> x509.Name:
    # The field holds 64 characters at most; clients look at the alternative name only.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
