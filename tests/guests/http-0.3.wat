;; An HTTP handler of WASI 0.3 that does what the first letter of the path says: /trap dies, /after answers and then
;; dies, /error answers with an error, /pipe answers with the request's body and trailers; anything else is answered with "hello 3!", written after the answer was given.
(module
  (import "wasi:http/types@0.3.0" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.3.0" "[method]request.get-path-with-query" (func $path (param i32 i32)))
  (import "wasi:http/types@0.3.0" "[static]response.new" (func $response (param i32 i32 i32 i32 i32)))
  (import "wasi:http/types@0.3.0" "[stream-new-0][static]response.new" (func $stream (result i64)))
  (import "wasi:http/types@0.3.0" "[stream-write-0][static]response.new" (func $write (param i32 i32 i32) (result i32)))
  (import "wasi:http/types@0.3.0" "[stream-drop-writable-0][static]response.new" (func $end (param i32)))
  (import "wasi:http/types@0.3.0" "[future-new-1][static]response.new" (func $future (result i64)))
  (import "wasi:http/types@0.3.0" "[future-write-1][static]response.new" (func $trail (param i32 i32) (result i32)))
  (import "wasi:http/types@0.3.0" "[future-drop-writable-1][static]response.new" (func $trailed (param i32)))
  (import "wasi:http/types@0.3.0" "[future-drop-readable-2][static]response.new" (func $forget (param i32)))
  (import "[export]wasi:http/handler@0.3.0" "[task-return]handle"
    (func $return (param i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "wasi:http/types@0.3.0" "[static]request.consume-body" (func $consume (param i32 i32 i32)))
  (import "wasi:http/types@0.3.0" "[future-new-0][static]request.consume-body" (func $verdict (result i64)))
  (import "wasi:http/types@0.3.0" "[async-lower][future-write-0][static]request.consume-body"
    (func $judge (param i32 i32) (result i32)))
  (import "wasi:http/types@0.3.0" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "hello 3!")
  (data (i32.const 16) "trailer")
  (data (i32.const 24) "x")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 8192)
  (func $writer (param $both i64) (result i32) (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))))
  (func $handle (export "[async-lift-stackful]wasi:http/handler@0.3.0#handle") (param $request i32)
    (local $letter i32) (local $head i32) (local $contents i64) (local $trailers i64)
    (call $path (local.get $request) (i32.const 1024))
    (local.set $letter (i32.load8_u offset=1 (i32.load (i32.const 1028))))
    (if (i32.eq (local.get $letter) (i32.const 116)) (then unreachable)) ;; t
    (if (i32.eq (local.get $letter) (i32.const 101))                     ;; e: error-code 37, configuration-error
      (then
        (call $return (i32.const 1) (i32.const 37) (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
                      (i32.const 0))
        (return)))
    (if (i32.eq (local.get $letter) (i32.const 112))                     ;; p
      (then
        (local.set $contents (call $verdict))
        (call $consume (local.get $request) (i32.wrap_i64 (local.get $contents)) (i32.const 1024))
        ;; ok: a zero byte
        (drop (call $judge (call $writer (local.get $contents)) (i32.const 2048)))
        ;; HTTP/1.1 passes only the trailers that the head announces.
        (local.set $head (call $fields))
        (call $append (local.get $head) (i32.const 16) (i32.const 7) (i32.const 24) (i32.const 1) (i32.const 3072))
        (call $response (local.get $head) (i32.const 1) (i32.load (i32.const 1024)) (i32.load (i32.const 1028))
                        (i32.const 1040))
        (call $forget (i32.load (i32.const 1044)))
        (call $return (i32.const 0) (i32.load (i32.const 1040)) (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0)
                      (i32.const 0) (i32.const 0))
        (return)))
    (local.set $contents (call $stream))
    (local.set $trailers (call $future))
    (call $response (call $fields) (i32.const 1) (i32.wrap_i64 (local.get $contents))
                    (i32.wrap_i64 (local.get $trailers)) (i32.const 1024))
    (call $forget (i32.load (i32.const 1028)))
    (call $return (i32.const 0) (i32.load (i32.const 1024)) (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0)
                  (i32.const 0) (i32.const 0))
    (if (i32.eq (local.get $letter) (i32.const 97)) (then unreachable)) ;; a
    (drop (call $write (call $writer (local.get $contents)) (i32.const 0) (i32.const 8)))
    (call $end (call $writer (local.get $contents)))
    ;; ok(none): two zero bytes
    (drop (call $trail (call $writer (local.get $trailers)) (i32.const 2048)))
    (call $trailed (call $writer (local.get $trailers)))))
