
/// Tells that the memory of this process is nearly used: the thread that looks next raises
/// a MemoryError.
pub fn memory_is_short() {
    EVAL_BREAKER.insert(EvalBreakerFlag::Memory);
}

/// Raises a MemoryError if the memory of this process is nearly used.
#[inline(always)]
pub(crate) fn look_at_memory(vm: &VirtualMachine) -> PyResult<()> {
    if EVAL_BREAKER.contains(&EvalBreakerFlag::Memory)
        && EVAL_BREAKER.remove(EvalBreakerFlag::Memory)
    {
        return Err(vm.new_memory_error("the memory of this process is used, which is 2 GiB at most"));
    }
    Ok(())
}
