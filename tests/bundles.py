"""Where tests keep bundled documents: a folder for this process, so that each document is read from YAML once."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

CACHE = Path(tempfile.mkdtemp(prefix="crm-mockserver-tests-"))
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)
