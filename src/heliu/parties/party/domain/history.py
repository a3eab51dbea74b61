"""The history of enterprises: what a command adds to the versions already recorded."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from heliu.parties.party.domain.enterprise import Party, Recorded, RecordParty


class History:
    """The versions of some enterprises, growing by commands; nothing in it is ever replaced."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self._versions: dict[str, list[Party]] = defaultdict(list)
        for party in sorted(parties, key=lambda party: party.version):
            self._versions[party.uscc].append(party)

    def record(self, command: RecordParty) -> Recorded:
        """Add a version, unless the one in force on the effective date says the same already."""
        versions = self._versions[command.profile.uscc]
        known = in_force(versions, command)
        if known is not None and known.profile == command.profile:
            return Recorded(known, changed=False)
        party = Party(command.profile, len(versions) + 1, command.effective_on, command.recorded_at)
        versions.append(party)
        return Recorded(party, changed=True)


def in_force(versions: Sequence[Party], command: RecordParty) -> Party | None:
    """The version in force on the command's effective date, by all that is known."""
    begun = [party for party in versions if party.effective_on <= command.effective_on]
    return max(begun, key=lambda party: (party.effective_on, party.version), default=None)
