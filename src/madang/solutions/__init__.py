"""One folder per policy. Pure: no clock, no network, no web; solutions never import each other."""
