import re

from small import one


def two():
    return one()
