"""Where finished runs live: folders here and on object stores, shards with their seals, the index beside them."""
