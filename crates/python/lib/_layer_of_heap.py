"""What differs from CPython's `multiprocessing.heap`; `_manyhands_layer` lists it."""

import _manyhands_buffers
from multiprocessing import heap

heap.Arena = _manyhands_buffers.Arena
