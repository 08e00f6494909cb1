"""What the tests of the export share."""

from __future__ import annotations

from models.calibration import Calibration
from models.export.metadata import AdapterMetadata

METADATA = AdapterMetadata(
    name="tuned",
    base="someone/tiny",
    base_sha256="ab" * 32,
    recipe="tiny",
    data_sha256="cd" * 32,
    calibration=Calibration(scale=0.7000001, bias=-0.25),
    licence="Apache-2.0",
)
