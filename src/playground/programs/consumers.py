# One producer, several consumers, two queues. Each consumer ends when it takes the
# sentinel, a last item that means "no more": so there is one sentinel for each of them.
from multiprocessing import Process, Queue

CONSUMERS = 3
NO_MORE = None


def consume(tasks, results):
    done = 0
    while (task := tasks.get()) is not NO_MORE:
        results.put((task, task ** 3))
        done += 1
    results.put(("done", done))


if __name__ == "__main__":
    tasks, results = Queue(), Queue()
    consumers = [Process(target=consume, args=(tasks, results)) for _ in range(CONSUMERS)]
    for consumer in consumers:
        consumer.start()

    for number in range(12):
        tasks.put(number)
    for _ in consumers:
        tasks.put(NO_MORE)

    cubes, counts = {}, []
    while len(counts) < CONSUMERS:
        key, value = results.get()
        if key == "done":
            counts.append(value)
        else:
            cubes[key] = value
    # Take everything out of a queue before you join those that put into it.
    for consumer in consumers:
        consumer.join()
    print("tasks done by all together:", sum(counts))
    print([cubes[number] for number in range(12)])
