class Box:
    name = ''

