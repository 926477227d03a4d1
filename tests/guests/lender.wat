;; Lends the first folder it was granted. Without one it dies.
(module
  (import "wasi:filesystem/preopens@0.2.6" "get-directories" (func $folders (param i32)))
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "test:parts/shelf#lend") (result i32)
    (call $folders (i32.const 16))
    (if (i32.eqz (i32.load (i32.const 20))) (then unreachable))
    (i32.load (i32.load (i32.const 16)))))
