from multiprocessing import Pool

def prime(n):
    return all(n % d for d in range(2, n))

if __name__ == "__main__":
    numbers = range(20_000, 23_000)
    print("One process counts primes.")
    print(sum(map(prime, numbers)))
    print("Several processes count.")
    with Pool() as pool:
        print(sum(pool.map(prime, numbers)))
