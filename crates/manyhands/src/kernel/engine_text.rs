//! Finds the cause of a worker's end in the engine's message, which is all that tells
//! one cause from another.
//!
//! The texts are those of V8 (Chromium), SpiderMonkey (Firefox) and, in part,
//! JavaScriptCore. No standard defines them. A text that is not known here becomes a
//! plain error that contains the text.
//!
//! This module imports nothing.

/// The exit code for the error that ended a worker: the negative number of the signal
/// that would end a native process in this case, or 1, as for an uncaught exception.
pub(super) fn exit_code(text: &str) -> i32 {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&[
        "unreachable", // V8, SpiderMonkey ("unreachable executed")
        "Unreachable", // JavaScriptCore
    ]) {
        -6 // SIGABRT
    } else if has(&[
        "divide",           // V8 ("divide by zero", "divide result unrepresentable"), SpiderMonkey
        "remainder",        // V8
        "division",         // JavaScriptCore
        "Division",         // JavaScriptCore
        "integer overflow", // SpiderMonkey
        "unrepresentable",  // V8 ("float unrepresentable in integer range")
        "invalid conversion to integer", // SpiderMonkey
    ]) {
        -8 // SIGFPE
    } else if has(&[
        "out of bounds", // V8 ("memory access …", "table index is …"), SpiderMonkey ("index …")
        "Out of bounds", // JavaScriptCore
        "unaligned",     // V8, SpiderMonkey
        "signature mismatch", // V8 ("null function or function …"), SpiderMonkey
        "indirect call", // SpiderMonkey ("indirect call to null")
        "call stack size", // V8, JavaScriptCore
        "too much recursion", // SpiderMonkey
    ]) {
        -11 // SIGSEGV
    } else {
        1
    }
}

/// Does the text say that there was not enough memory for another instance?
pub(super) fn says_out_of_memory(text: &str) -> bool {
    [
        // V8: "WebAssembly.Memory(): could not allocate memory"
        "could not allocate memory",
        // V8: "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory
        // for new instance"; JavaScriptCore
        "Out of memory",
        // SpiderMonkey
        "out of memory",
    ]
    .iter()
    .any(|words| text.contains(words))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn known_texts_tell_the_signal_and_others_are_plain_errors() {
        let texts = [
            ("RuntimeError: unreachable", -6),
            ("RuntimeError: unreachable executed", -6),
            ("RuntimeError: divide by zero", -8),
            ("RuntimeError: divide result unrepresentable", -8),
            ("RuntimeError: remainder by zero", -8),
            ("RuntimeError: integer overflow", -8),
            ("RuntimeError: memory access out of bounds", -11),
            ("RuntimeError: index out of bounds", -11),
            ("RuntimeError: table index is out of bounds", -11),
            ("RuntimeError: indirect call to null", -11),
            (
                "RuntimeError: null function or function signature mismatch",
                -11,
            ),
            ("RangeError: Maximum call stack size exceeded", -11),
            ("InternalError: too much recursion", -11),
            ("TypeError: x is not a function", 1),
            ("", 1),
        ];
        for (text, code) in texts {
            assert_eq!(exit_code(text), code, "{text}");
        }
    }

    #[test]
    fn no_memory_is_told_from_a_wrong_access_to_it() {
        let no_memory = [
            "RangeError: WebAssembly.Memory(): could not allocate memory",
            "RangeError: WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory \
             for new instance",
            "InternalError: out of memory",
        ];
        assert!(no_memory.into_iter().all(says_out_of_memory));
        let others = [
            "RuntimeError: memory access out of bounds",
            "TypeError: import object field 'memory' is not a Memory",
            "the worker script could not be loaded",
        ];
        assert!(!others.into_iter().any(says_out_of_memory));
    }
}
