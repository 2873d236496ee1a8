"""Several sites on one machine, or on many: built and published by one environment."""
