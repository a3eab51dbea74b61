"""`python -m heliu.app.samples OUT` writes the sample folder."""

import sys
from pathlib import Path

from heliu.app.samples.folder import write_folder

if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and OUT
        sys.exit("usage: python -m heliu.app.samples OUT")
    count, size = write_folder(Path(sys.argv[1]))
    sys.stdout.write(f"{count} files, {size} bytes\n")
