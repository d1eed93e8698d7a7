import time
from multiprocessing import Lock, Pool, Value, current_process

LOCK = False  # knob: Hold the lock: True, False
SELLERS, TICKETS = 4, 2


def prepare(shared_tickets, shared_lock):
    global tickets, lock
    tickets, lock = shared_tickets, shared_lock


def sell_one():
    if tickets.value > 0:
        time.sleep(0.05)  # the customer looks for coins
        with tickets.get_lock():
            tickets.value -= 1
        return f"{current_process().name} sold a ticket"


def sell(_):
    if LOCK:
        with lock:
            return sell_one()
    return sell_one()


if __name__ == "__main__":
    tickets, lock = Value("i", 0), Lock()
    with Pool(SELLERS, prepare, (tickets, lock)) as pool:
        for sale in range(1, 11):
            tickets.value = TICKETS
            sold = [text for text in pool.map(sell, range(SELLERS), chunksize=1) if text]
            if len(sold) != TICKETS:
                break
    print(*sold, sep="\n")
    print("sale:", sale)
    print("tickets:", TICKETS)
    print("sold:", len(sold))
