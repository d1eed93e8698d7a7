"""Processes that find each other by an address."""
from multiprocessing import AuthenticationError, Process
from multiprocessing.connection import Client, Listener, wait
import array, socket, socketserver, threading

def client(address, n):
    with Client(address, authkey=b'secret') as connection:
        connection.send(n)
        print(connection.recv())

def intruder(address):
    try:
        Client(address, authkey=b'wrong')
    except AuthenticationError as error:
        raise SystemExit(str(error) == 'digest sent was rejected' and 7)

def numbers(address):
    with Client(address) as connection:
        print(connection.recv())
        print(connection.recv_bytes())
        arr = array.array('i', [0, 0, 0, 0, 0])
        print(connection.recv_bytes_into(arr))
        print(arr)

def stay_until_told(address):
    connection = Client(address)
    connection.recv()

class Upper(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())

def ask(port):
    with socket.create_connection(('127.0.0.1', port)) as sock:
        sock.sendall(b'one\ntwo\n')
        sock.shutdown(socket.SHUT_WR)
        print(b''.join(iter(lambda: sock.recv(5), b'')))

def main():
    try:
        Client(('localhost', 6001), authkey=b'secret')
    except ConnectionRefusedError as error:
        print(error)
    with Listener(('localhost', 6000), authkey=b'secret') as listener:
        print(listener.address)
        try:
            Listener(('localhost', 6000))
        except OSError as error:
            print(error)
        for n in range(3):
            process = Process(target=client, args=(listener.address, n))
            process.start()
            with listener.accept() as connection:
                print(listener.last_accepted[0])
                connection.send(connection.recv() * 10)
            process.join()
        process = Process(target=intruder, args=(listener.address,))
        process.start()
        try:
            listener.accept()
        except AuthenticationError as error:
            print(error)
        process.join()
        print(process.exitcode)
    try:
        listener.accept()
    except OSError as error:
        print(error)
    with Listener(('localhost', 0)) as listener:
        print(listener.address[0], listener.address[1] > 0)
        process = Process(target=numbers, args=(listener.address,))
        process.start()
        with listener.accept() as connection:
            connection.send([2.25, None, 'junk', float])
            connection.send_bytes(b'hello')
            connection.send_bytes(array.array('i', [42, 1729]))
            process.join()
        # Connections of several clients, one of which ends without a word.
        processes = [Process(target=stay_until_told, args=(listener.address,)) for _ in range(2)]
        connections = []
        for process in processes:
            process.start()
            connections.append(listener.accept())
        processes[1].kill()
        ready = wait(connections)
        print([connections.index(one) for one in ready])
        try:
            ready[0].recv()
        except (EOFError, ConnectionResetError):
            print('gone')
        connections[0].send('go')
        for process in processes:
            process.join()
            print(process.exitcode)
    with Listener('\0a name') as listener:
        print(listener.address)
        first = Client('\0a name')
        second = listener.accept()
        first.send('by name')
        print(wait([second], timeout=60) == [second], second.recv())
        first.close()
        try:
            second.recv()
        except EOFError:
            print('end')
    # What the listener of a finished program had is free again.
    with Listener(('localhost', 6000)) as listener:
        print(listener.address)
    with socketserver.ThreadingTCPServer(('127.0.0.1', 0), Upper) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        process = Process(target=ask, args=(server.server_address[1],))
        process.start()
        process.join()
        server.shutdown()
    first, second = socket.socketpair()
    second.settimeout(0.01)
    try:
        second.recv(1)
    except TimeoutError as error:
        print(error)
    first.sendall(b'x' * 100_000)
    second.settimeout(None)
    received = 0
    while received < 100_000:
        received += len(second.recv(1000))
    print(received)
    first.setblocking(False)
    try:
        first.recv(1)
    except BlockingIOError as error:
        print(error)

if __name__ == '__main__':
    main()
