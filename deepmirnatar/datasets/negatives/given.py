"""The negatives that the sources bring."""

from deepmirnatar.common.settings import NoSettings

Settings = NoSettings
REFERENCE = ()
make = None
