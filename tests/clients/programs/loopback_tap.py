"""The Singer tap for ActiveCampaign as its command line has it, but allowed to speak to this machine.

The tap takes only https, and only hosts whose address is public. It speaks https with the mock as with the service; the check of the address
has no switch, and is replaced here. Nothing else of the tap is touched.
"""

from __future__ import annotations

import tap_activecampaign
from tap_activecampaign import client

client.is_api_url_valid = lambda api_url: api_url.startswith("https://")

if __name__ == "__main__":
    tap_activecampaign.main()
