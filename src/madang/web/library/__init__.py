"""The library: solution articles, news, brochures, digests, partners, training, in Korean and English."""
