"""Door of the provisioning desk."""

from heliu.credit.provisioning.domain.movement import Cause, Change, Movement, charge, movements
from heliu.credit.provisioning.domain.parameters import Losses, Parameters, losses
from heliu.credit.provisioning.domain.staging import (
    Exposed,
    Presumptions,
    Stage,
    expected_loss,
    stages,
)
from heliu.credit.provisioning.parameter_file import packaged
from heliu.credit.provisioning.service import flag, parameters, presumptions
from heliu.credit.provisioning.store import Flag, add_movements, flagged

__all__ = [
    "Cause",
    "Change",
    "Exposed",
    "Flag",
    "Losses",
    "Movement",
    "Parameters",
    "Presumptions",
    "Stage",
    "add_movements",
    "charge",
    "expected_loss",
    "flag",
    "flagged",
    "losses",
    "movements",
    "packaged",
    "parameters",
    "presumptions",
    "stages",
]
