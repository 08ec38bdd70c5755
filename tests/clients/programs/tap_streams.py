"""The paths of the tap's streams: `tap_streams.py` prints {stream: path below /api/3}; a parent's id is 1."""

from __future__ import annotations

import json
import sys

from tap_activecampaign.streams import STREAMS

if __name__ == "__main__":
    json.dump({name: stream.path.format(1) for name, stream in STREAMS.items()}, sys.stdout)
