"""PipelineDeals v3: its dialect and the functions that its document names."""
