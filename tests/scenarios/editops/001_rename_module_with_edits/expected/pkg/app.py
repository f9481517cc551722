from pkg.reader import read

read('x')
