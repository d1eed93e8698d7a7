
// --- Added by Manyhands --------------------------------------------------------------
// The instructions that programs execute most often, in a loop of their own. The function
// of the other loop is so large that compilers of WebAssembly keep little of it in
// registers, and it does for each instruction what only few of them need.

/// The instructions that `run_common` knows.
static COMMON: [bool; 256] = {
    use Opcode::*;
    let known = [
        BinaryOp,
        BinaryOpAddFloat,
        BinaryOpAddInt,
        BinaryOpMultiplyFloat,
        BinaryOpMultiplyInt,
        BinaryOpSubscrListInt,
        BinaryOpSubtractFloat,
        BinaryOpSubtractInt,
        CallPyExactArgs,
        CompareOpInt,
        ForIterList,
        ForIterRange,
        JumpBackwardNoJit,
        JumpForward,
        LoadAttrMethodNoDict,
        LoadAttrMethodWithValues,
        LoadAttrWithHint,
        LoadConstMortal,
        LoadFast,
        LoadFastBorrow,
        LoadFastBorrowLoadFastBorrow,
        LoadGlobalBuiltin,
        LoadGlobalModule,
        LoadSmallInt,
        NotTaken,
        PopJumpIfFalse,
        PopJumpIfTrue,
        PopTop,
        PushNull,
        Resume,
        ResumeCheck,
        ReturnValue,
        StoreFast,
        StoreFastLoadFast,
        StoreFastStoreFast,
        StoreSubscrListInt,
    ];
    let mut table = [false; 256];
    let mut index = 0;
    while index < known.len() {
        table[known[index] as usize] = true;
        index += 1;
    }
    table
};

/// What follows an instruction.
enum Next {
    /// The instruction at this position.
    At(usize),
    /// The frame has ended, or makes a call.
    Done(ExecutionResult),
}

impl ExecutingFrame<'_> {
    /// Executes the frame from its beginning, or after a call, while its instructions are
    /// common ones. `None` if `run` must go on with it.
    #[inline(always)]
    fn begin(&mut self, vm: &VirtualMachine) -> Option<ExecutionResult> {
        if vm.use_tracing.get() {
            return None;
        }
        match self.run_common(self.lasti() as usize, vm) {
            Next::At(idx) => {
                store_position(self.lasti, idx as u32);
                None
            }
            Next::Done(result) => Some(result),
        }
    }

    /// Executes instructions from the position `idx` on, while they are common ones whose
    /// objects are of the usual kinds. If it comes to one that is not, it returns that
    /// one's position, and the instruction is as if nobody had looked at it. Nothing may
    /// trace this thread, and no argument may be extended.
    #[inline(never)]
    fn run_common(&mut self, mut idx: usize, vm: &VirtualMachine) -> Next {
        let units = self.code.instructions.units_ptr();
        loop {
            // SAFETY: as in `run`.
            let unit = unsafe { bytecode::CodeUnits::read_unit_from(units, idx) };
            if !COMMON[u8::from(unit.op) as usize] {
                return Next::At(idx);
            }
            // What is released below may run code of the program, which may ask for it.
            store_position(self.lasti, idx as u32 + 1);
            match self.execute_common(unit.op, unit.arg.as_u32(), idx, vm) {
                Some(Next::At(next)) => idx = next,
                Some(done) => return done,
                None => return Next::At(idx),
            }
        }
    }

    /// Executes the common instruction at `idx`. `None` if it is for the other loop; then
    /// nothing has changed.
    #[inline(always)]
    fn execute_common(
        &mut self,
        op: Instruction,
        arg: u32,
        idx: usize,
        vm: &VirtualMachine,
    ) -> Option<Next> {
        match op {
            Instruction::ReturnValue => {
                let value = self.pop_value();
                return Some(Next::Done(ExecutionResult::Return(value)));
            }
            Instruction::CallPyExactArgs => {
                let has_self = self.is_simple_call(arg, idx, vm)?;
                self.tailcall_prepare_frame(arg, has_self, vm);
                store_position(self.lasti, idx as u32 + 4);
                return Some(Next::Done(ExecutionResult::TailCall));
            }
            _ => self.execute_in_frame(op, arg, idx, vm).map(Next::At),
        }
    }

    /// `execute_common` for instructions that do not leave the frame. Returns the position
    /// of the next one.
    #[inline(always)]
    fn execute_in_frame(
        &mut self,
        op: Instruction,
        arg: u32,
        idx: usize,
        vm: &VirtualMachine,
    ) -> Option<usize> {
        match op {
            Instruction::LoadFastBorrow { .. } if BORROW_LOCAL_LOADS => {
                self.push_borrowed_local(arg as usize)?;
            }
            Instruction::LoadFastBorrowLoadFastBorrow { .. } if BORROW_LOCAL_LOADS => {
                let (first, second) = (arg as usize >> 4, arg as usize & 15);
                self.localsplus.fastlocals()[second].as_ref()?;
                self.push_borrowed_local(first)?;
                self.push_borrowed_local(second)?;
            }
            Instruction::LoadFast { .. } => {
                let value = self.localsplus.fastlocals()[arg as usize].clone()?;
                self.push_value(value);
            }
            Instruction::StoreFast { .. } => {
                let value = self.pop_value_opt();
                self.localsplus.fastlocals_mut()[arg as usize] = value;
            }
            Instruction::StoreFastLoadFast { .. } => {
                let value = self.pop_value_opt();
                let locals = self.localsplus.fastlocals_mut();
                locals[arg as usize >> 4] = value;
                let loaded = locals[arg as usize & 15].clone();
                self.push_value_opt(loaded);
            }
            Instruction::StoreFastStoreFast { .. } => {
                let first = self.pop_value_opt();
                let second = self.pop_value_opt();
                let locals = self.localsplus.fastlocals_mut();
                locals[arg as usize >> 4] = first;
                locals[arg as usize & 15] = second;
            }
            Instruction::LoadConstMortal => {
                let value = self.code.constants[arg.into()].clone();
                self.push_value(value.into());
            }
            Instruction::LoadSmallInt { .. } => {
                let value = vm.ctx.cached_int(arg as i32);
                // SAFETY: small integers live as long as the context.
                unsafe { self.push_borrowed(value.as_object()) };
            }
            Instruction::PopTop => {
                self.pop_stackref();
            }
            Instruction::PushNull => self.push_null(),
            Instruction::NotTaken => {}
            Instruction::Resume { .. } | Instruction::ResumeCheck => {
                let version = self.code.instrumentation_version.load(Acquire);
                if !self.code.quickened.load(Relaxed)
                    || version != vm.state.instrumentation_version.load(Acquire)
                    || vm.eval_breaker_tripped()
                {
                    return None;
                }
                self.call_traced = true;
            }
            Instruction::JumpForward { .. } => return Some(idx + 1 + arg as usize),
            Instruction::JumpBackwardNoJit => {
                if vm.eval_breaker_tripped() {
                    return None;
                }
                return Some(idx + 2 - arg as usize);
            }
            Instruction::PopJumpIfFalse { .. } => return self.jump_if(false, arg, idx, vm),
            Instruction::PopJumpIfTrue { .. } => return self.jump_if(true, arg, idx, vm),
            Instruction::BinaryOpAddInt => {
                return self.int_op(i64::checked_add, idx, vm);
            }
            Instruction::BinaryOpSubtractInt => {
                return self.int_op(i64::checked_sub, idx, vm);
            }
            Instruction::BinaryOpMultiplyInt => {
                return self.int_op(i64::checked_mul, idx, vm);
            }
            Instruction::BinaryOpAddFloat => return self.float_op(|a, b| a + b, idx, vm),
            Instruction::BinaryOpSubtractFloat => return self.float_op(|a, b| a - b, idx, vm),
            Instruction::BinaryOpMultiplyFloat => return self.float_op(|a, b| a * b, idx, vm),
            Instruction::BinaryOp { .. } => {
                let op = bytecode::BinaryOperator::try_from(arg).ok()?;
                let value = self.small_int_op(vm, op)?;
                return Some(self.replace_operands(value, idx));
            }
            Instruction::CompareOpInt => {
                let a = self.nth_value(1).downcast_ref_if_exact::<PyInt>(vm)?;
                let b = self.top_value().downcast_ref_if_exact::<PyInt>(vm)?;
                let order = a.try_to_i64_fast()?.cmp(&b.try_to_i64_fast()?);
                let result = self
                    .compare_op_from_arg(bytecode::OpArg::new(arg))
                    .eval_ord(order);
                self.pop_stackref();
                self.pop_stackref();
                let jump = self.code.instructions.read_unit(idx + 2);
                let jumps_on = match jump.op {
                    Instruction::PopJumpIfFalse { .. } => false,
                    Instruction::PopJumpIfTrue { .. } => true,
                    _ => {
                        self.push_value(vm.ctx.new_bool(result).into());
                        return Some(idx + 2);
                    }
                };
                let skipped = if result == jumps_on {
                    jump.arg.as_u32()
                } else {
                    0
                };
                return Some(idx + 4 + skipped as usize);
            }
            Instruction::ForIterRange => {
                let iter = self
                    .top_value()
                    .downcast_ref_if_exact::<PyRangeIterator>(vm)?;
                let value = vm.ctx.new_int(iter.fast_next()?);
                self.push_value(value.into());
                return Some(idx + 2);
            }
            Instruction::ForIterList => {
                let iter = self
                    .top_value()
                    .downcast_ref_if_exact::<PyListIterator>(vm)?;
                let value = iter.fast_next()?;
                self.push_value(value);
                return Some(idx + 2);
            }
            Instruction::BinaryOpSubscrListInt => {
                let list = self.nth_value(1).downcast_ref_if_exact::<PyList>(vm)?;
                let index = self.top_value().downcast_ref_if_exact::<PyInt>(vm)?;
                let index = specialization_nonnegative_compact_index(index, vm)?;
                let value = list.borrow_vec().get(index)?.clone();
                return Some(self.replace_operands(value, idx));
            }
            Instruction::StoreSubscrListInt => {
                let list = self.nth_value(1).downcast_ref_if_exact::<PyList>(vm)?;
                let index = self.top_value().downcast_ref_if_exact::<PyInt>(vm)?;
                let index = specialization_nonnegative_compact_index(index, vm)?;
                if index >= list.borrow_vec().len() {
                    return None;
                }
                self.pop_stackref();
                let list = self.pop_value();
                let value = self.pop_value();
                let list = list.downcast_ref_if_exact::<PyList>(vm)?;
                let old = match list.borrow_vec_mut().get_mut(index) {
                    Some(slot) => core::mem::replace(slot, value),
                    // Another thread has made the list shorter meanwhile.
                    None => value,
                };
                drop(old);
                return Some(idx + 2);
            }
            Instruction::LoadGlobalModule => {
                let units = &self.code.instructions;
                let version = units.read_cache_u16(idx + 2);
                let index = units.read_cache_u16(idx + 4);
                if version == 0 {
                    return None;
                }
                let value = self
                    .globals
                    .get_item_by_index_and_keys_version(version, index)?;
                return Some(self.push_global(value, arg, idx));
            }
            Instruction::LoadGlobalBuiltin => {
                let units = &self.code.instructions;
                let globals_version = units.read_cache_u16(idx + 2);
                let version = units.read_cache_u16(idx + 3);
                let index = units.read_cache_u16(idx + 4);
                if globals_version == 0
                    || version == 0
                    || self.globals.keys_version() != u32::from(globals_version)
                {
                    return None;
                }
                let builtins = self.builtins.downcast_ref_if_exact::<PyDict>(vm)?;
                let value = builtins.get_item_by_index_and_keys_version(version, index)?;
                return Some(self.push_global(value, arg, idx));
            }
            Instruction::LoadAttrMethodNoDict => {
                let version = self.code.instructions.read_cache_u32(idx + 2);
                let class = self.top_value().class();
                if version == 0 || class.tp_version_tag().load(Acquire) != version {
                    return None;
                }
                return self.push_method(version, idx);
            }
            Instruction::LoadAttrMethodWithValues => {
                let units = &self.code.instructions;
                let version = units.read_cache_u32(idx + 2);
                let owner = self.top_value();
                if version == 0 || owner.class().tp_version_tag().load(Acquire) != version {
                    return None;
                }
                // The instance has no attribute of that name: its keys are known.
                let keys = units.read_cache_ptr(idx + 4);
                let is_known = owner.with_instance_dict(|dict| {
                    dict.is_some_and(|dict| keys != 0 && keys == dict.keys_version() as usize)
                });
                if !is_known {
                    return None;
                }
                return self.push_method(version, idx);
            }
            Instruction::LoadAttrWithHint => {
                let attr = LoadAttr::from_u32(arg);
                let units = &self.code.instructions;
                let version = units.read_cache_u32(idx + 2);
                let owner = self.top_value();
                if version == 0 || owner.class().tp_version_tag().load(Acquire) != version {
                    return None;
                }
                let name = self.code.names[attr.name_idx() as usize];
                let index = units.read_cache_u16(idx + 4);
                let value = owner.with_instance_dict(|dict| dict?.get_by_index(name, index, vm))?;
                self.pop_stackref();
                self.push_value(value);
                if attr.is_method() {
                    self.push_null();
                }
                return Some(idx + 10);
            }
            _ => return None,
        }
        Some(idx + 1)
    }

    /// Whether the call of a function that the interpreter has specialized has a `self`
    /// beside its `arg` arguments. `None` if the trampoline cannot take it over.
    #[inline(always)]
    fn is_simple_call(&self, arg: u32, idx: usize, vm: &VirtualMachine) -> Option<bool> {
        let version = self.code.instructions.read_cache_u32(idx + 2);
        let depth = self.localsplus.stack_len() - arg as usize - 1;
        let has_self = self.localsplus.stack_index(depth).is_some();
        let function = self
            .nth_value(arg + 1)
            .downcast_ref_if_exact::<PyFunction>(vm)?;
        let is_simple = self.flatten == Flatten::CallAndGenResume
            && version != 0
            && function.func_version() == version
            && !function.is_jitted()
            && !function.is_generator_like()
            && function.has_exact_argcount(arg + u32::from(has_self))
            && self.specialization_has_datastack_space_for_func(vm, function)
            && !self.specialization_call_recursion_guard(vm);
        is_simple.then_some(has_self)
    }

    /// Puts a method on the stack, below its owner.
    #[inline(always)]
    fn push_method(&mut self, version: u32, idx: usize) -> Option<usize> {
        let method = self.try_read_cached_descriptor(idx + 1, version)?;
        let owner = self.pop_stackref();
        self.push_value(method);
        self.push_stackref_opt(Some(owner));
        Some(idx + 10)
    }

    /// `None` if the local has no value.
    #[inline(always)]
    fn push_borrowed_local(&mut self, local: usize) -> Option<()> {
        let object: *const PyObject = self.localsplus.fastlocals()[local].as_ref()?.as_object();
        // SAFETY: as in `push_local`.
        unsafe { self.push_borrowed(&*object) };
        Some(())
    }

    #[inline(always)]
    fn jump_if(&mut self, flag: bool, arg: u32, idx: usize, vm: &VirtualMachine) -> Option<usize> {
        let value = self.top_value();
        let value = if value.is(&vm.ctx.true_value) {
            true
        } else if value.is(&vm.ctx.false_value) {
            false
        } else {
            return None;
        };
        self.pop_stackref();
        let skipped = if value == flag { arg } else { 0 };
        Some(idx + 2 + skipped as usize)
    }

    #[inline(always)]
    fn int_op(
        &mut self,
        op: impl FnOnce(i64, i64) -> Option<i64>,
        idx: usize,
        vm: &VirtualMachine,
    ) -> Option<usize> {
        let a = self.nth_value(1).downcast_ref_if_exact::<PyInt>(vm)?;
        let b = self.top_value().downcast_ref_if_exact::<PyInt>(vm)?;
        let value = op(a.try_to_i64_fast()?, b.try_to_i64_fast()?)?;
        Some(self.replace_operands(vm.ctx.new_int(value).into(), idx))
    }

    #[inline(always)]
    fn float_op(
        &mut self,
        op: impl FnOnce(f64, f64) -> f64,
        idx: usize,
        vm: &VirtualMachine,
    ) -> Option<usize> {
        let a = self.nth_value(1).downcast_ref_if_exact::<PyFloat>(vm)?;
        let b = self.top_value().downcast_ref_if_exact::<PyFloat>(vm)?;
        let value = op(a.to_f64(), b.to_f64());
        Some(self.replace_operands(vm.ctx.new_float(value).into(), idx))
    }

    /// Puts the result of a binary operator in the place of its operands.
    #[inline(always)]
    fn replace_operands(&mut self, value: PyObjectRef, idx: usize) -> usize {
        self.pop_stackref();
        self.pop_stackref();
        self.push_value(value);
        idx + 6
    }

    #[inline(always)]
    fn push_global(&mut self, value: PyObjectRef, arg: u32, idx: usize) -> usize {
        self.push_value(value);
        if arg & 1 != 0 {
            self.push_null();
        }
        idx + 5
    }
}
