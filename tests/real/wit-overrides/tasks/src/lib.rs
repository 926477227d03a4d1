mod bindings;

use bindings::exports::acme::app::tasks::{Guest, Task};

struct Tasks;

impl Guest for Tasks {
    fn finish(task: Task) -> String {
        format!("{} is done", task.title)
    }
}

bindings::export!(Tasks with_types_in bindings);
