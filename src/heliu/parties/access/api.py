"""Door of the access desk."""

from heliu.parties.access.domain.connection import (
    OF_THE_BANK,
    Connection,
    IssueConnection,
    Permission,
)
from heliu.parties.access.domain.signing import WINDOW_SECONDS, Credential, Request, Stamp, sign
from heliu.parties.access.keyring import Heard, Keyring
from heliu.parties.access.service import (
    connections,
    credential_of,
    issue,
    renew,
    require,
    revoke,
)
from heliu.parties.access.vault import Vault

__all__ = [
    "OF_THE_BANK",
    "WINDOW_SECONDS",
    "Connection",
    "Credential",
    "Heard",
    "IssueConnection",
    "Keyring",
    "Permission",
    "Request",
    "Stamp",
    "Vault",
    "connections",
    "credential_of",
    "issue",
    "renew",
    "require",
    "revoke",
    "sign",
]
