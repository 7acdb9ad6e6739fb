"""Where bytes come from: catalogues, mirrors, official places, the cache, hashes."""
