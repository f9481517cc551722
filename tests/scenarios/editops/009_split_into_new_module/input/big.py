import re


def one():
    return 1


def two():
    return one()
