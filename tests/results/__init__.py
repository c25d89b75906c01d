"""Results as people read them and as other tools take them."""
