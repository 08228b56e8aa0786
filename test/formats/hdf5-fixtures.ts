import { unzlibSync } from "fflate";

// written by hdf5-fixtures.py
function bytesOf(lines: readonly string[]): Uint8Array {
  return unzlibSync(Buffer.from(lines.join(""), "base64"));
}

/** An NWB file of series that are packed, typed or linked in ways that are not read, and one that is read. */
export const oddNwb = bytesOf([
  "eNrtXUtsE0cYnvU6jnGgCU1oAqjE0ANIFTHi1Uo02EBCwjtpQEa0xTHxYm/j2K69eZCoAqmqmqoXbmnLhYoeKlUq7Ykg1IaqlWjVQ3ujUqQW6J",
  "FKcKlUiYO7j5ldz2TXu07sNIn/D6x/Z/ffnd3Z/zX/zE4+7O44vMa3wYcUeL3IjRpQIfIYs+N0mRzvx5TDdBLTL1xkP68ea8H7G/D1/bxWTuD9",
  "p1/v7FS48wxIPd0vaLQFAaoR3Z0HehR6Fpf9mP7kovlykjg0nBzOkfJwSpRyBfL5aon1rsXyysr1atSN5Xs1akJelBq9EBkRsjkxnVL3r+c49c",
  "wGvW4vpSc1yjV5Q3e6Dp06ziF8AsOnYGfb3rYdMiWPuwbTUxlJHIgm+4SsKCjPydscd9scJ/UFEaPYQjInjCaErNCW2INiUSmqVsUVNBVbnvjn",
  "j+3IY1Nfrc1xL96/CtOh9IgotEVHRGZ/HaZHUjFhTD8bIZ/N8Tqb+gkSz4EOAgAAAAAAAAAAAABg4eDUf0Z+i+Qdvm7Uyr+t06hdnqxng0YhT1",
  "adYPNk2zB9uo7my2SFnJCSohJOWEnCUCYZlfScB0nk7HBYb9/JUx0ccun5mslG+jqsHBP59G+g+e5IGp0dATtQaAemm7Xy7+ud2YGzm8AOgB2Q",
  "9Q6X+zGdGiByZj4ukxvUygkbebTSU9YOXG2m9ZuVY3LdiTM03w1c/iFcrXbA/P1cb6Xfj50daNmsUS+oBMQDyBg3Q5tovpwUzUpiKh6RxCFBLq",
  "sjPGj+42aaHfCiHlz+dz2t37NYgJ+9TccpgW6aL4zLo0eJHmjIB2i+rThQ6dpJ3+/9kzRfHpdbe+n2CBxk6sXl0Q5afz7eSPPdxeUHL2o0ROrt",
  "Z+rF5dYB2u5N7aP5ZnD5z3ba3rL1GOOP9dr4ozCcTSsvLSJdygj244/KeBcZf3Sp+z3aMY7cD83Py3esbK/1B/GRENpdh3bn8TVq5L3KcZfLxW",
  "m1aU/Ic/1bzCzQavyGOPlM5f6zcuyJilyfo84+EjIkujIgfoy8p8SW4vzk6bx+sDnm/oyVL/z+eY7SfzdDrfYb8tiK9/lRsxc1X0aMPGpuFNXJ",
  "V1I2OCJI73pVH5scv6hft0Y55iPvU3uRvMs99pJxK+6CX4k9JBqK3+ZM/HaXw/OnA3TZqp3cIHoAAAAAAAAAAMAK6E/JHWTuStBfg0J+l59HV+",
  "Tfdfl318+H0IP8xof55hB6lG+U/5vTiUYOhazSjDM4jeI0zfjKbrNOPqBaYJVmjO+k+cqdZiTpMTb9V870GI8qmR67vMdMc5ZbeuyDPcX5ydNt",
  "3QW6Ym7OayqUHqvHn4w0IF8N8tUjO3mc2quzUEgsdpO8Jov4QdSBOtFhKEEJSlCqnpJVXB7eX1pc/msQ4nKIy+fG5fn2xYnL2eHscsbl7orG5c",
  "0HVkJc3nrAWVw+sx90xTwu/5+GrXV51PTIzU/yhWH58wVy/ijsGTQm+FW6PWpN/dKTjtL8Uvww+CXwS4Y11KdDdRT3S8SehuZZL5HXW3iexRgq",
  "v1/yVNQv3exavn6J0+863Ak6sBAYHt7cwvqw/BB4MD+H1lAqRd6DB0eGnDfkVsS+iVnwI4ADQqt+yZOjJdr/42D/wf7P/Uxp6mhx+y+MSUI2FU",
  "1GLorJQn/gdBIe6Zew04rLaf9rK2v/T6yEfsmtE876JeFjoCvOxguwfcfzWzmETOXNSo4NeUOMvN07SSw9jckl1R6rCvTPW8RPTfWW5qfq+8BP",
  "gZ8yrCPRp2Cvs/yZqCw3JsTU3bmCNcUCZJ26gP7hbSCeTgmsn2I/V1mon6or0JNVFfVT4dPL10/xut2InC7O72eicJdFvpS0Qr4X/FShn+J1OS",
  "O0QWVt0HNmfhs5S58hkkXj6hJuE/LJlfmnteynr3Y+6tk58FHgo+bm0v5iPp3OiAPScNZY1XKhuTQr+R3AN/LeOWfy2/cWfd8AyAWodvAczRfF",
  "9AKm6WxMyEbSFyPiUDQui/X8liwxcpL7ztJ6wcoxwKmP194gp7lqfcli4uNdRXy+eZ+U9fnXzmtnepg7ubIk2oPEkESuDr1ZnJ/0rD87X5xPz5",
  "1EqkOufCoWX7q+iSxl6WpSYRdXu+a0hva0zfj5rZ/+Xr95vufjJS0rRHeIrlnlf7pipeV/ZgSIrSE2MZZRIsuZvLxI06HJ8gSJaFLdGBGz0nA0",
  "iZJialCIGeMhhB/nm+bE+hfE+HYhFROjKTrG6SnTfer5Kmw9yDIn5cxX+Sqar6qNr4R8VX18fvmqHRb5qpsxyFeVN1/VmlhO+Sp2HEmBXa4bd8",
  "dMc9yFdolcs79C927n2x8naZ0AVHfegdjAjYM0n5W8q2M6UnQok6N1ZJtDX8kugVbOOQh1FfWVu1IrwVfuSxXnJ083O+jMpx7LVruvpOdGk/4z",
  "Owfaar8uj5tLlcdjacYtI7qXt7gIPkX47jHFghTCXepQE6YtcB6ct3LOs4udPYz+z9//vJEz77UsrTlJn36i4Hbw9qb3H/dOfxf8u3da3vo+ON",
  "H0VdfD8R+Dvvs3Mu2+e0GN7+egXftZf0tSavtdk8wj36XZfu+0Ky31bfDzjLJxV28v23HFUY3CuCLE9wrInJxnzJLluYw4KGgztNhyRO3Tktxa",
  "jI5b/TZxJrFOdy45izM/yhXnI3J8bQxyMQrmjnEYuRhvgaeytoNf4jfTsKxyMe6Fto/Xafv8Mr6c2of8KVnyJ2H/Ay50Ygo=",
]);

/** A file as MATLAB 7.3 lays it out, with a variable of every class. */
export const mat73 = bytesOf([
  "eNrzdQzxcXRSMNczVvB1DNFNy8xJ1VEIyEksScsvyrVScPfxi3A0M9FRKC/KLClJzVNIqlRIVChJLS5RoBwwMHn6MoyCAQWdHi5uvFxSXGAOBw",
  "cDC4MARIIJQv2HAi1VVD5MfwKUZoTSHVB6BRNMnBEsJwEVF4Saj64uJMjVFWTpfzQAs8eABUI7QPnn+KHio1E4IoCHq2MAiN4A5TdA6X+8EJoH",
  "mhIYGXgZOIDQF1yuxSfnJBYXg8SFgYmQDSmdpuSXJuWkEraXEaiLESmBMzJYQGhmiAA0WTIwM6BkG5zizMCcANIpqGAPdCUkRZtwM5j8hypkBY",
  "qC5JmYmMAWcEBzDjNjBStExQEU95Hvb/JyTrCfvwsjAztDBJQvJoia/+2g/DhhCK0Biy8O/OYGQOl9fPjVwcobOzFUe9Og/DZoQeMBFX/Hg988",
  "aGnHYMGGXx283OGmbrquFlnn/rCqxf7Pyo+XfJMC7Hd58jBpt7dB+Qn2v+qy9pRM7rCfNRMEdtprxvQf+qqxx94p4ekFpds77S8q3f4JVGL/Us",
  "2QY43MLvtKMGMPVP1J+4dVIAtO2b+rsTeN23USRABtOA3Vf9K+0xHEOG1vDAaX7a8vLrDlun7Z/q4KW+NU58v2QKI75/ll+3axm+e+B1+21wYz",
  "Lttj5gtITDNCki08XljQ6gcWivOBBztEhQKV8oEDLYorqKEf7HGXI9jDCxdNQbkBzXkcgyq8IOl+CtHpiAktPBDlqQBYTICDAR4u+MNjAidqzi",
  "c+PFiR7M/MKzEzQSlpqAOYkTnA9g+orMUXPrjChRE9fOBiHATCZwMXqknEhw87kr05+emZyYk5QH0OUH1CQDZcHzD44lNSk/NTYFUwKP5YkPI1",
  "evpH5CNCIYJZ4+JIMXAxAQIhcogbFgakhggLkg+SMxKLIPooCxEmtBBJZEhhSGJIZXjOkIYlbCB+YGRETS3YwoK43HOPh9zcg6004YG1poD6kM",
  "IiNbegpJIBS6rFTBUSJOUqykvhBjBbjAnitqJUYBInAmArtTNzE9Mxy2Xi9OKOn3V82OJHAMo/AY14CzQ7iksyc8FpNL80rwQYY2lFibmpwcDU",
  "mJcCjr+kTLBTGSpTwVyGktSKEhANi6jk/NyCnNQKhuTUHHB4KBelphUrM4D5nnlp+TB7MhLzUkDxXpKRmYccrqS1ReG1qgPl8QkJR3FoPOAOVz",
  "MxcmtRlDIAGj6I9i51AaR1zgbPFRns+NUXQOlDMqjh8grK55JH9bUCM37zYOlqExd+dRVQ+pY8Wu0FbdQpKaGmiwWc9O1t4hq1QO/dQEYtGHGO",
  "WjwTwZZqRsFIG7WIQOtt1gmj1+Go+cCD4vQ7UL0NPbLLSVr2NiDlIiPcVdeER9Mm+eCDPSz8GIEpBbmchLUz/kmg1nKEysk4qdFycrScRJSTsP",
  "S0DK15n5JaUJIBKi+BDW/k8orcUgJWr6OPHpJaXhWXFJUmlwxkubtMevCWu0zwem+dNH71MNf7SY7mCQzwoJRgf4eU0SDixj72yaCO21I29kHt",
  "0bIwBkOcdVATtG8RgVIHMeCsg0bBaB2EnF5gZZGWPHrbmro9eFgdhN7nRh4bw5XH+JHck1aal1ySmZ8XDx1kYQTmQGz5Yha0bz1hNF+MAgryhZ",
  "MSffIF+pgQ5WPNfMhjzcUFiUXFqQyYY+Aw/bChJwDlmen7",
]);
