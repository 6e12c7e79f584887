"""python -m deepmirnatar is the command deepmirnatar."""

import sys

from deepmirnatar.cli import main

sys.exit(main())
