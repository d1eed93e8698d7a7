# A pool has a few worker processes and hands each of them parts of the work.
from multiprocessing import Pool


def is_prime(number):
    if number < 2:
        return False
    return all(number % divisor for divisor in range(2, int(number ** 0.5) + 1))


if __name__ == "__main__":
    numbers = range(10_000, 10_200)
    # Leaving the `with` block ends the workers.
    with Pool(2) as pool:
        # map() waits for all results and returns them in the order of the numbers.
        answers = pool.map(is_prime, numbers)
    primes = [number for number, prime in zip(numbers, answers) if prime]
    print(len(primes), "of", len(numbers), "numbers are prime:")
    print(primes)
