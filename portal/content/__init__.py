"""Content: what people read, its texts, its places and the rule of who may read it."""
