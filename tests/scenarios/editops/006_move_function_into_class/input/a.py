import os


def show(self):
    return f"""
{self.name}
  end"""


x = 1
