"""Functions."""


