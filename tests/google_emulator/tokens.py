"""Service accounts: their keys, and the tokens that Google gives for an assertion signed with one."""

import base64
import json
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from tests.google_emulator.book import Made
from tests.google_emulator.protecting import Actor
from tests.google_emulator.replies import Json, no_identity, too_narrow_a_scope

AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SECONDS = 3599
_AUTH = "https://www.googleapis.com/auth/"
_DRIVE_WRITES = {"drive", "drive.file"}
_DRIVE_READS = _DRIVE_WRITES | {"drive.readonly", "drive.metadata", "drive.metadata.readonly"}
_SHEETS_WRITES = {"spreadsheets", "drive", "drive.file"}
_SHEETS_READS = _SHEETS_WRITES | {"spreadsheets.readonly", "drive.readonly"}


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    """Making a key is slow, so every Google of a test run has the same ones."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True)
class Accounts:
    """The service accounts of one Google; where there is none, nobody is asked for a token."""

    made: Made
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    tokens: dict[str, tuple[str, frozenset[str], float]] = field(default_factory=dict)

    def __contains__(self, email: object) -> bool:
        return email in self.keys

    def __len__(self) -> int:
        return len(self.keys)

    def add(self, email: str, token_uri: str = AUDIENCE) -> Json:
        """A new account.

        Returns:
            Its key, as the file that Google lets a person download.
        """
        key = self.keys.setdefault(email, _key(len(self.keys)))
        written = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "larkfield",
            "private_key_id": f"key-{len(self.keys)}",
            "private_key": written.decode(),
            "client_email": email,
            "client_id": "100000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_uri,
            "universe_domain": "googleapis.com",
        }

    def grant(self, raw: bytes) -> tuple[int, Json]:
        """The token endpoint: a token for an assertion that an account signed with a key that still counts."""
        form = parse_qs(raw.decode())
        if form.get("grant_type") != [GRANT]:
            return 400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type"}
        claims = self._claims(form.get("assertion", [""])[0])
        if claims is None or claims.get("aud") != AUDIENCE or claims["iss"] in self.revoked:
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        if not claims.get("scope"):
            return 400, {"error": "invalid_scope", "error_description": "Empty or missing scope not allowed."}
        token = "ya29." + self.made.word()
        scopes = frozenset(scope.removeprefix(_AUTH) for scope in claims["scope"].split())
        self.tokens[token] = claims["iss"], scopes, self.made.seconds() + SECONDS
        return 200, {"access_token": token, "expires_in": SECONDS, "token_type": "Bearer"}

    def _claims(self, assertion: str) -> Json | None:
        """What the assertion says, where its signature is the account's own."""
        try:
            head, body, signature = assertion.split(".")
            claims: Json = json.loads(_decoded(body))
            key = self.keys[claims["iss"]].public_key()
            key.verify(_decoded(signature), f"{head}.{body}".encode(), padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, KeyError, InvalidSignature):
            return None
        return claims

    def actor(self, authorization: str, *, drive: bool) -> Actor:
        """Who calls.

        Raises:
            GoogleError: 401, where accounts are in use and the token is none of theirs or has run out.
        """
        if not self.keys:
            return Actor("robot@emulator.iam.gserviceaccount.com", trusted=True)
        email, scopes, until = self.tokens.get(authorization.removeprefix("Bearer "), ("", frozenset(), 0.0))
        if not email or self.made.seconds() > until:
            raise no_identity(drive=drive)
        return Actor(email, scopes=scopes, groups=self.member_of(email))

    def member_of(self, email: str) -> frozenset[str]:
        """The groups somebody is in."""
        return frozenset(group for group, members in self.groups.items() if email in members)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def check_scope(actor: Actor, method: str, *, drive: bool) -> None:
    """Refuses what the token's scopes do not allow, by the scopes that the discovery documents list."""
    if actor.scopes is None:
        return
    reads, writes = (_DRIVE_READS, _DRIVE_WRITES) if drive else (_SHEETS_READS, _SHEETS_WRITES)
    if not actor.scopes & (reads if method == "GET" else writes):
        raise too_narrow_a_scope()
