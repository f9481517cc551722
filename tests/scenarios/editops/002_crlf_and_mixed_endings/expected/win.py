first = 1
b = first
# mixed
