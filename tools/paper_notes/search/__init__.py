"""Search: an index in small shards, and the engine that reads it in browsers and terminals."""
