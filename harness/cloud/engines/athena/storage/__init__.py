"""Which objects a table consists of: its location, or those of its partitions."""
