from multiprocessing import get_context

PASS = False  # knob: Pass it as an argument: True, False

language = "English"


def greet(passed=None):
    print("the child's language:", passed or language)


if __name__ == "__main__":
    language = "Latin"
    print("the parent's language:", language)
    arguments = (language,) if PASS else ()
    child = get_context("spawn").Process(target=greet, args=arguments)
    child.start()
    child.join()
