new = 1
print(new)
