from multiprocessing import Array, Barrier, Process, Value

LOCK = False  # knob: Hold the lock: True, False
ROUNDS = 50  # knob: Rounds at most: 1, 50
TIMES = 2_000


def add(place, count, own, rounds, line_up):
    for number in range(1, ROUNDS + 1):
        line_up.wait()  # both begin at the same time
        for _ in range(TIMES):
            if LOCK:
                with count.get_lock():
                    count.value += 1
            else:
                count.value += 1
            own[place] += 1
        line_up.wait()  # both have ended
        rounds[place] = number
        if count.value != sum(own):
            break


if __name__ == "__main__":
    count, own, rounds, line_up = Value("i", 0), Array("i", 2), Array("i", 2), Barrier(2)
    arguments = (count, own, rounds, line_up)
    adders = [Process(target=add, args=(place, *arguments)) for place in range(2)]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    print("added:", sum(own))
    print("counted:", count.value)
    print("rounds:", rounds[0])
