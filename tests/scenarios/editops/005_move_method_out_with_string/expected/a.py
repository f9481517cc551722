class Greeter:
    polite = True
