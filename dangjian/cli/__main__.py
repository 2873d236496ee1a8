"""``python -m dangjian.cli FOLDER COMMAND …``: what ``tasks.py`` hands its words over to."""

import sys
from pathlib import Path

from dangjian.cli.program import main

sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
