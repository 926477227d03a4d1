(component
  (core module $m (func (export "get") (result i32) i32.const 41))
  (core instance $i (instantiate $m))
  (func $get (result u32) (canon lift (core func $i "get")))
  (instance $numbers (export "get" (func $get)))
  (export "kv:store/numbers" (instance $numbers)))
