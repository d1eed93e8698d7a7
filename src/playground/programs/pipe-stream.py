# A pipe keeps the order of its messages. Its reader learns of the end when nobody has
# the other end any more: recv() then raises EOFError.
from multiprocessing import Pipe, Process


def send_all(connection, count):
    for number in range(count):
        connection.send({"number": number, "text": "x" * (number % 100)})
    connection.close()


if __name__ == "__main__":
    reader, writer = Pipe(duplex=False)
    process = Process(target=send_all, args=(writer, 2000))
    process.start()
    writer.close()  # this process does not write: only the other one has this end now

    received, in_order, letters = 0, True, 0
    while True:
        try:
            message = reader.recv()
        except EOFError:
            break
        in_order = in_order and message["number"] == received
        letters += len(message["text"])
        received += 1
    process.join()
    print("messages:", received)
    print("in order:", in_order)
    print("letters:", letters)
