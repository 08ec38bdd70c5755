"""ActiveCampaign v3, Deals: what its document cannot say."""
