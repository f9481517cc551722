class Greeter:
    polite = True

    # Greets in two lines.
    @staticmethod
    def greet(name):
        text = """Hello
    dear """

        return text + name
