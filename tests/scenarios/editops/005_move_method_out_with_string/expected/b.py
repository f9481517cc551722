"""Functions."""


# Greets in two lines.
def hello(name):
    text = """Hello
    dear """

    return text + name

