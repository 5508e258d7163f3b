"""The account's program: reads its config, assembles what all stacks share, exports where it is."""

import sys
from pathlib import Path

# The engine runs a program in its own folder; components/ lies beside it.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bootstrap.program import main

main()
