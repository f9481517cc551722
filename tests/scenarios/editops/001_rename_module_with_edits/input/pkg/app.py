from pkg.loader import load

load('x')
