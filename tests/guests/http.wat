;; An HTTP handler that does what the first letter of the path says:
;; /trap dies, /loop never answers, /after answers and then dies, /silent answers nothing, /endless streams for ever,
;; /memory wants more than there is, /count reads the body and answers with its length in 8 bytes (little-endian), /pipe
;; answers with the body as it comes, /x answers with a trailer `x: done`, /noise prints the letters, /uri answers with the scheme's
;; number in place of the first letter, /quit answers and returns without finishing its body, /drop drops its body unfinished,
;; /verify dies if its body is not taken; anything else gets the eight letters GREETING, which tests replace. A digit behind the letter: 1 to 4 are the status 103, 204,
;; 304 and 205; 5 announces a body of 100 bytes, 6 one of 8.
(module
  (import "wasi:http/types@0.2.6" "[constructor]fields" (func $fields (result i32)))
  (import "wasi:http/types@0.2.6" "[method]incoming-request.path-with-query" (func $path (param i32 i32)))
  (import "wasi:http/types@0.2.6" "[method]incoming-request.scheme" (func $scheme (param i32 i32)))
  (import "wasi:http/types@0.2.6" "[constructor]outgoing-response" (func $response (param i32) (result i32)))
  (import "wasi:http/types@0.2.6" "[method]outgoing-response.set-status-code"
    (func $status (param i32 i32) (result i32)))
  (import "wasi:http/types@0.2.6" "[method]outgoing-response.body" (func $body (param i32 i32)))
  (import "wasi:http/types@0.2.6" "[resource-drop]outgoing-body" (func $drop-body (param i32)))
  (import "wasi:http/types@0.2.6" "[method]outgoing-body.write" (func $write (param i32 i32)))
  (import "wasi:http/types@0.2.6" "[static]outgoing-body.finish" (func $finish (param i32 i32 i32 i32)))
  (import "wasi:http/types@0.2.6" "[static]response-outparam.set"
    (func $set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
    (func $send (param i32 i32 i32 i32)))
  (import "wasi:io/streams@0.2.6" "[resource-drop]output-stream" (func $drop-stream (param i32)))
  (import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-splice" (func $splice (param i32 i32 i64 i32)))
  (import "wasi:io/streams@0.2.6" "[method]input-stream.blocking-read" (func $read (param i32 i64 i32)))
  (import "wasi:io/streams@0.2.6" "[resource-drop]input-stream" (func $drop-input (param i32)))
  (import "wasi:http/types@0.2.6" "[method]incoming-request.consume" (func $consume (param i32 i32)))
  (import "wasi:http/types@0.2.6" "[method]incoming-body.stream" (func $input (param i32 i32)))
  (import "wasi:http/types@0.2.6" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
  (import "wasi:cli/stdout@0.2.6" "get-stdout" (func $stdout (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "GREETING\n")
  (data (i32.const 64) "xdone")
  (data (i32.const 80) "content-length1008")
  ;; Two bytes each: the status for 1 to 4.
  (data (i32.const 128) "\67\00\cc\00\30\01\cd\00")
  (global $heap (mut i32) (i32.const 4096))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $heap))
    (global.set $heap (i32.add (i32.and (i32.add (local.get $at) (i32.const 7)) (i32.const -8))
                               (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -8))))
    (i32.and (i32.add (local.get $at) (i32.const 7)) (i32.const -8)))
  (func $handle (export "wasi:http/incoming-handler@0.2.6#handle") (param $request i32) (param $out i32)
    (local $letter i32) (local $digit i32) (local $r i32) (local $b i32) (local $s i32) (local $in i32) (local $count i64)
    ;; option<string> at 1024: discriminant, pointer, length
    (call $path (local.get $request) (i32.const 1024))
    (local.set $letter (i32.load8_u offset=1 (i32.load (i32.const 1028))))
    (local.set $digit (i32.sub (i32.load8_u offset=2 (i32.load (i32.const 1028))) (i32.const 48)))
    (if (i32.eq (local.get $letter) (i32.const 116)) (then unreachable))             ;; t
    (if (i32.eq (local.get $letter) (i32.const 115)) (then return))                  ;; s
    (if (i32.eq (local.get $letter) (i32.const 108)) (then (loop $forever (br $forever)))) ;; l
    (if (i32.eq (local.get $letter) (i32.const 109))                                 ;; m
      (then (if (i32.eq (memory.grow (i32.const 30000)) (i32.const -1)) (then unreachable))))
    (if (i32.eq (local.get $letter) (i32.const 110))                                 ;; n
      (then (call $send (call $stdout) (i32.const 0) (i32.const 9) (i32.const 1024))))
    (if (i32.eq (local.get $letter) (i32.const 117))                                 ;; u
      (then
        (call $scheme (local.get $request) (i32.const 1024))
        (i32.store8 (i32.const 0) (i32.add (i32.const 48) (i32.load8_u (i32.const 1028))))))
    (if (i32.or (i32.eq (local.get $letter) (i32.const 99)) (i32.eq (local.get $letter) (i32.const 112))) ;; c, p
      (then
        (call $consume (local.get $request) (i32.const 1024))
        (call $input (i32.load (i32.const 1028)) (i32.const 1024))
        (local.set $in (i32.load (i32.const 1028)))))
    (if (i32.eq (local.get $letter) (i32.const 99))                                  ;; c
      (then
        (loop $more
          (global.set $heap (i32.const 4096))
          (call $read (local.get $in) (i64.const 65536) (i32.const 1024))
          (if (i32.eqz (i32.load8_u (i32.const 1024)))
            (then
              (local.set $count (i64.add (local.get $count) (i64.extend_i32_u (i32.load (i32.const 1032)))))
              (br $more))))
        (i64.store (i32.const 0) (local.get $count))))
    (local.set $r (call $fields))
    (if (i32.eq (local.get $digit) (i32.const 5))
      (then (call $append (local.get $r) (i32.const 80) (i32.const 14) (i32.const 94) (i32.const 3) (i32.const 1024))))
    (if (i32.eq (local.get $digit) (i32.const 6))
      (then (call $append (local.get $r) (i32.const 80) (i32.const 14) (i32.const 97) (i32.const 1) (i32.const 1024))))
    (local.set $r (call $response (local.get $r)))
    (if (i32.lt_u (i32.sub (local.get $digit) (i32.const 1)) (i32.const 4))
      (then (drop (call $status (local.get $r)
        (i32.load16_u offset=126 (i32.shl (local.get $digit) (i32.const 1)))))))
    (call $body (local.get $r) (i32.const 1024))
    (local.set $b (i32.load (i32.const 1028)))
    (call $set (local.get $out) (i32.const 0) (local.get $r) (i32.const 0) (i64.const 0) (i32.const 0)
               (i32.const 0) (i32.const 0) (i32.const 0))
    (call $write (local.get $b) (i32.const 1024))
    (local.set $s (i32.load (i32.const 1028)))
    (if (i32.eq (local.get $letter) (i32.const 112))                                 ;; p
      (then
        (loop $more
          (call $splice (local.get $s) (local.get $in) (i64.const 65536) (i32.const 1024))
          (br_if $more (i32.eqz (i32.load8_u (i32.const 1024))))))
      (else (call $send (local.get $s) (i32.const 0) (i32.const 8) (i32.const 1024))))
    (if (i32.eq (local.get $letter) (i32.const 97)) (then unreachable))              ;; a(fter)
    (if (i32.and (i32.eq (local.get $letter) (i32.const 118)) (i32.load8_u (i32.const 1024)))
      (then unreachable))                                                            ;; v
    (if (i32.eq (local.get $letter) (i32.const 101))                                 ;; e
      (then (loop $more
        (call $send (local.get $s) (i32.const 0) (i32.const 8) (i32.const 1024))
        (br_if $more (i32.eqz (i32.load8_u (i32.const 1024)))))))
    (if (i32.eq (local.get $letter) (i32.const 113)) (then return))                  ;; q
    (call $drop-stream (local.get $s))
    (if (i32.eq (local.get $letter) (i32.const 100))                                 ;; d
      (then (call $drop-body (local.get $b)) (return)))
    (if (i32.eq (local.get $letter) (i32.const 120))                                 ;; x
      (then
        (local.set $r (call $fields))
        (call $append (local.get $r) (i32.const 64) (i32.const 1) (i32.const 65) (i32.const 4) (i32.const 1024))
        (call $finish (local.get $b) (i32.const 1) (local.get $r) (i32.const 1024))
        (return)))
    (call $finish (local.get $b) (i32.const 0) (i32.const 0) (i32.const 1024))))
