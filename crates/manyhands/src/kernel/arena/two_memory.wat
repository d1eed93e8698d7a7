;; The arena's operations, as functions of two memories: the arena, and the memory
;; of the process that calls. `two_memory.rs` puts the exports into the slots of the
;; process's function table.
;;
;; `two_memory.wasm` is this file, assembled, without names. In
;; `two_memory_shared.wasm` the process's own memory is `(memory $own 0 65536 shared)`,
;; which accepts any shared memory. A native test assembles both again and compares the
;; results. If this file was changed, the test says how to write the new files.
(module
  ;; The atomic instructions below name no memory, which means this first one.
  (import "memory" "arena" (memory $arena 0 65536 shared))
  (import "memory" "own" (memory $own 0))

  ;; Words of 32 bits, at addresses divisible by 4.
  (func (export "load") (param $at i32) (result i32)
    (i32.atomic.load (local.get $at)))
  (func (export "store") (param $at i32) (param $value i32)
    (i32.atomic.store (local.get $at) (local.get $value)))
  (func (export "add") (param $at i32) (param $value i32) (result i32)
    (i32.atomic.rmw.add (local.get $at) (local.get $value)))
  (func (export "exchange") (param $at i32) (param $value i32) (result i32)
    (i32.atomic.rmw.xchg (local.get $at) (local.get $value)))
  (func (export "compare_exchange")
    (param $at i32) (param $expected i32) (param $new i32) (result i32)
    (i32.atomic.rmw.cmpxchg (local.get $at) (local.get $expected) (local.get $new)))
  ;; The only store that is not atomic.
  (func (export "store_relaxed") (param $at i32) (param $value i32)
    (i32.store (local.get $at) (local.get $value)))

  ;; The time-out is in ns, negative for none; the result is 0 for notified, 1 for
  ;; changed, 2 for timed out.
  (func (export "wait")
    (param $at i32) (param $expected i32) (param $timeout i64) (result i32)
    (memory.atomic.wait32 (local.get $at) (local.get $expected) (local.get $timeout)))
  (func (export "notify") (param $at i32) (param $count i32) (result i32)
    (memory.atomic.notify (local.get $at) (local.get $count)))

  ;; Words of 64 bits, at addresses divisible by 8.
  (func (export "load_wide") (param $at i32) (result i64)
    (i64.atomic.load (local.get $at)))
  (func (export "store_wide") (param $at i32) (param $value i64)
    (i64.atomic.store (local.get $at) (local.get $value)))
  (func (export "compare_exchange_wide")
    (param $at i32) (param $expected i64) (param $new i64) (result i64)
    (i64.atomic.rmw.cmpxchg (local.get $at) (local.get $expected) (local.get $new)))

  ;; Copies bytes out of the arena. More than 63 bytes are copied by `memory.copy`, which
  ;; takes longer to begin. Fewer bytes, as in most messages, are copied eight at a time;
  ;; the last eight are copied separately and may overlap those before. From 4 to 7 bytes
  ;; are copied as two overlapping groups of four, and fewer one by one.
  (func (export "read") (param $from i32) (param $to i32) (param $length i32)
    (local $done i32)
    (if (i32.gt_u (local.get $length) (i32.const 63))
      (then
        (memory.copy $own $arena (local.get $to) (local.get $from) (local.get $length))
        (return)))
    (if (i32.lt_u (local.get $length) (i32.const 4))
      (then
        (if (i32.eqz (local.get $length)) (then (return)))
        (loop $next
          (i32.store8 $own
            (i32.add (local.get $to) (local.get $done))
            (i32.load8_u $arena (i32.add (local.get $from) (local.get $done))))
          (local.set $done (i32.add (local.get $done) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $done) (local.get $length))))
        (return)))
    (if (i32.lt_u (local.get $length) (i32.const 8))
      (then
        (i32.store $own align=1
          (local.get $to)
          (i32.load $arena align=1 (local.get $from)))
        (local.set $done (i32.sub (local.get $length) (i32.const 4)))
        (i32.store $own align=1
          (i32.add (local.get $to) (local.get $done))
          (i32.load $arena align=1 (i32.add (local.get $from) (local.get $done))))
        (return)))
    (loop $next
      (i64.store $own align=1
        (i32.add (local.get $to) (local.get $done))
        (i64.load $arena align=1 (i32.add (local.get $from) (local.get $done))))
      (local.set $done (i32.add (local.get $done) (i32.const 8)))
      (br_if $next
        (i32.lt_s (local.get $done) (i32.sub (local.get $length) (i32.const 8)))))
    (local.set $done (i32.sub (local.get $length) (i32.const 8)))
    (i64.store $own align=1
      (i32.add (local.get $to) (local.get $done))
      (i64.load $arena align=1 (i32.add (local.get $from) (local.get $done)))))

  ;; Copies bytes into the arena, in the same way.
  (func (export "write") (param $to i32) (param $from i32) (param $length i32)
    (local $done i32)
    (if (i32.gt_u (local.get $length) (i32.const 63))
      (then
        (memory.copy $arena $own (local.get $to) (local.get $from) (local.get $length))
        (return)))
    (if (i32.lt_u (local.get $length) (i32.const 4))
      (then
        (if (i32.eqz (local.get $length)) (then (return)))
        (loop $next
          (i32.store8 $arena
            (i32.add (local.get $to) (local.get $done))
            (i32.load8_u $own (i32.add (local.get $from) (local.get $done))))
          (local.set $done (i32.add (local.get $done) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $done) (local.get $length))))
        (return)))
    (if (i32.lt_u (local.get $length) (i32.const 8))
      (then
        (i32.store $arena align=1
          (local.get $to)
          (i32.load $own align=1 (local.get $from)))
        (local.set $done (i32.sub (local.get $length) (i32.const 4)))
        (i32.store $arena align=1
          (i32.add (local.get $to) (local.get $done))
          (i32.load $own align=1 (i32.add (local.get $from) (local.get $done))))
        (return)))
    (loop $next
      (i64.store $arena align=1
        (i32.add (local.get $to) (local.get $done))
        (i64.load $own align=1 (i32.add (local.get $from) (local.get $done))))
      (local.set $done (i32.add (local.get $done) (i32.const 8)))
      (br_if $next
        (i32.lt_s (local.get $done) (i32.sub (local.get $length) (i32.const 8)))))
    (local.set $done (i32.sub (local.get $length) (i32.const 8)))
    (i64.store $arena align=1
      (i32.add (local.get $to) (local.get $done))
      (i64.load $own align=1 (i32.add (local.get $from) (local.get $done))))))
