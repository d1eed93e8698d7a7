"""logging from several processes, by a queue."""
import logging, logging.handlers, multiprocessing, sys

def handler(pattern):
    made = logging.StreamHandler(sys.stdout)
    made.setFormatter(logging.Formatter(pattern))
    return made

def work(queue, number):
    root = logging.getLogger()
    root.handlers[:] = [logging.handlers.QueueHandler(queue)]
    root.setLevel(logging.DEBUG)
    log = logging.getLogger('work.%d' % number)
    log.info('%s of %s', number, multiprocessing.current_process().name)
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception('failed')

def listen(queue):
    logging.getLogger().addHandler(handler('%(processName)s %(name)s %(levelname)s %(msg).9s'))
    while (record := queue.get()) is not None:
        logging.getLogger(record.name).handle(record)

def talk(queue):
    logger = multiprocessing.get_logger()
    logger.setLevel(logging.INFO)
    logger.handlers[:] = [logging.handlers.QueueHandler(queue)]
    logger.info('doing some work')
    logger.setLevel(logging.CRITICAL)

def main():
    queue = multiprocessing.Queue()
    listener = multiprocessing.Process(target=listen, args=(queue,))
    listener.start()
    for number in range(2):
        process = multiprocessing.Process(target=work, args=(queue, number), name='W%d' % number)
        process.start()
        process.join()
    queue.put(None)
    listener.join()
    records = multiprocessing.Queue()
    thread = logging.handlers.QueueListener(records, handler('%(levelname)s:%(name)s:%(message).6s'))
    thread.start()
    process = multiprocessing.Process(target=work, args=(records, 7))
    process.start()
    process.join()
    thread.stop()
    multiprocessing.get_logger().addHandler(handler('[%(levelname)s/%(processName)s] %(message)s'))
    multiprocessing.get_logger().warning('doomed')
    process = multiprocessing.Process(target=talk, args=(records,), name='Talker')
    process.start()
    print(records.get().getMessage())
    process.join()
    logger = multiprocessing.log_to_stderr(logging.CRITICAL)
    print(logger.name, logger is multiprocessing.get_logger())

if __name__ == '__main__':
    main()
