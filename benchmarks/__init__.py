"""Measurements that are run by hand; nothing in the packages imports them."""
