//! Prompt-footprint control: what a step sends and what it costs.
