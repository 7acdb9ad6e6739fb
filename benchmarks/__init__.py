"""The speed of training beside other libraries: the same work, in turn, in fresh processes."""
