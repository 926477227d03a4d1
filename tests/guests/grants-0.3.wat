;; A node of WASI 0.3 with an import of its own for each interface that grants something.
(component
  (import "wasi:cli/types@0.3.0" (instance $types
    (type $error-code (enum "io" "illegal-byte-sequence" "pipe"))
    (export "error-code" (type (eq $error-code)))))
  (alias export $types "error-code" (type $error-code))
  (import "wasi:filesystem/types@0.3.0" (instance $files (export "descriptor" (type (sub resource)))))
  (alias export $files "descriptor" (type $descriptor))
  (import "own-environment" (implements "wasi:cli/environment@0.3.0") (instance
    (export "get-environment" (func (result (list (tuple string string)))))
    (export "get-arguments" (func (result (list string))))
    (export "get-initial-cwd" (func (result (option string))))))
  (import "own-stdin" (implements "wasi:cli/stdin@0.3.0") (instance
    (alias outer 1 $error-code (type $e))
    (export "error-code" (type $code (eq $e)))
    (export "read-via-stream" (func (result (tuple (stream u8) (future (result (error $code)))))))))
  (import "own-preopens" (implements "wasi:filesystem/preopens@0.3.0") (instance $preopens
    (alias outer 1 $descriptor (type $d))
    (export "descriptor" (type $own (eq $d)))
    (export "get-directories" (func (result (list (tuple (own $own) string)))))))
  (import "own-system-clock" (implements "wasi:clocks/system-clock@0.3.0") (instance $clock
    (type $record (record (field "seconds" s64) (field "nanoseconds" u32)))
    (export "instant" (type $instant (eq $record)))
    (export "now" (func (result $instant)))
    (export "get-resolution" (func (result u64)))))
  (import "own-random" (implements "wasi:random/random@0.3.0") (instance $random
    (export "get-random-bytes" (func (param "max-len" u64) (result (list u8))))
    (export "get-random-u64" (func (result u64)))))
  (import "own-insecure" (implements "wasi:random/insecure@0.3.0") (instance
    (export "get-insecure-random-bytes" (func (param "max-len" u64) (result (list u8))))
    (export "get-insecure-random-u64" (func (result u64)))))
  (import "own-insecure-seed" (implements "wasi:random/insecure-seed@0.3.0") (instance
    (export "get-insecure-seed" (func (result (tuple u64 u64))))))

  (core module $memory
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get 3)) (i32.const 7)) (i32.const -8)))))
  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $mem))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $random (canon lower (func $random "get-random-u64")))
  (core func $now (canon lower (func $clock "now") (memory $mem)))
  (core func $folders (canon lower (func $preopens "get-directories") (memory $mem) (realloc $realloc)))
  (core module $main
    (import "" "memory" (memory 1))
    (import "" "random" (func $random (result i64)))
    (import "" "now" (func $now (param i32)))
    (import "" "folders" (func $folders (param i32)))
    (func (export "random") (result i64) (call $random))
    (func (export "clock") (result i64) (call $now (i32.const 16)) (i64.load (i32.const 16)))
    (func (export "folders") (result i32) (call $folders (i32.const 16)) (i32.load (i32.const 20))))
  (core instance $main (instantiate $main (with "" (instance
    (export "memory" (memory $mem)) (export "random" (func $random)) (export "now" (func $now))
    (export "folders" (func $folders))))))
  (func (export "random") (result u64) (canon lift (core func $main "random")))
  (func (export "clock") (result s64) (canon lift (core func $main "clock")))
  (func (export "folders") (result u32) (canon lift (core func $main "folders"))))
