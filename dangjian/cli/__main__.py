"""``python -m dangjian.cli FOLDER COMMAND …``: what ``tasks.py`` hands its words over to."""

import gc
import sys
from pathlib import Path

from dangjian.common.collector import without_collector

with without_collector():
    from dangjian.cli.program import main

    gc.freeze()

sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
