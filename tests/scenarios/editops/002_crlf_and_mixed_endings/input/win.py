a = 1
b = a
# mixed
c = a
