"""`python -m halfday_sync`."""

import sys

from halfday_sync.cli import main

sys.exit(main())
