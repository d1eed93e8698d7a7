# A new process imports this file. Without `if __name__ == "__main__":` it would start
# a process of its own, and so on. Python notices, and says so.
import multiprocessing

multiprocessing.set_start_method("spawn", force=True)


def work():
    print("never reached")


process = multiprocessing.Process(target=work)
process.start()
process.join()
print("exit code", process.exitcode)
