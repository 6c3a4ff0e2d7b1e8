using Iarnet.Components.Worker;

namespace Iarnet.Worker.Invocation;

// One class for each number of parameters, made once for a method's types: a call then costs no reflection and no boxing.

/// <summary>A method that returns something.</summary>
internal sealed class FuncInvoker<TReturn>(Func<TReturn> method, ResultWriter<TReturn> result) : IComponentFunction
{
    public void Invoke(FunctionCall call) => result.Write(call, method());
}

/// <summary>A method that returns something.</summary>
internal sealed class FuncInvoker<T1, TReturn>(Func<T1, TReturn> method, ArgumentReader<T1> a1, ResultWriter<TReturn> result) : IComponentFunction
{
    public void Invoke(FunctionCall call) => result.Write(call, method(a1.Read(call, 0)));
}

/// <summary>A method that returns something.</summary>
internal sealed class FuncInvoker<T1, T2, TReturn>(Func<T1, T2, TReturn> method, ArgumentReader<T1> a1, ArgumentReader<T2> a2, ResultWriter<TReturn> result) : IComponentFunction
{
    public void Invoke(FunctionCall call) => result.Write(call, method(a1.Read(call, 0), a2.Read(call, 1)));
}

/// <summary>A method that returns something.</summary>
internal sealed class FuncInvoker<T1, T2, T3, TReturn>(Func<T1, T2, T3, TReturn> method, ArgumentReader<T1> a1, ArgumentReader<T2> a2, ArgumentReader<T3> a3, ResultWriter<TReturn> result) : IComponentFunction
{
    public void Invoke(FunctionCall call) => result.Write(call, method(a1.Read(call, 0), a2.Read(call, 1), a3.Read(call, 2)));
}

/// <summary>A method that returns something.</summary>
internal sealed class FuncInvoker<T1, T2, T3, T4, TReturn>(Func<T1, T2, T3, T4, TReturn> method, ArgumentReader<T1> a1, ArgumentReader<T2> a2, ArgumentReader<T3> a3, ArgumentReader<T4> a4, ResultWriter<TReturn> result) : IComponentFunction
{
    public void Invoke(FunctionCall call) => result.Write(call, method(a1.Read(call, 0), a2.Read(call, 1), a3.Read(call, 2), a4.Read(call, 3)));
}

/// <summary>A method that returns nothing.</summary>
internal sealed class ActionInvoker(Action method) : IComponentFunction
{
    public void Invoke(FunctionCall call) => method();
}

/// <summary>A method that returns nothing.</summary>
internal sealed class ActionInvoker<T1>(Action<T1> method, ArgumentReader<T1> a1) : IComponentFunction
{
    public void Invoke(FunctionCall call) => method(a1.Read(call, 0));
}

/// <summary>A method that returns nothing.</summary>
internal sealed class ActionInvoker<T1, T2>(Action<T1, T2> method, ArgumentReader<T1> a1, ArgumentReader<T2> a2) : IComponentFunction
{
    public void Invoke(FunctionCall call) => method(a1.Read(call, 0), a2.Read(call, 1));
}

/// <summary>A method that returns nothing.</summary>
internal sealed class ActionInvoker<T1, T2, T3>(Action<T1, T2, T3> method, ArgumentReader<T1> a1, ArgumentReader<T2> a2, ArgumentReader<T3> a3) : IComponentFunction
{
    public void Invoke(FunctionCall call) => method(a1.Read(call, 0), a2.Read(call, 1), a3.Read(call, 2));
}

/// <summary>A method that returns nothing.</summary>
internal sealed class ActionInvoker<T1, T2, T3, T4>(Action<T1, T2, T3, T4> method, ArgumentReader<T1> a1, ArgumentReader<T2> a2, ArgumentReader<T3> a3, ArgumentReader<T4> a4) : IComponentFunction
{
    public void Invoke(FunctionCall call) => method(a1.Read(call, 0), a2.Read(call, 1), a3.Read(call, 2), a4.Read(call, 3));
}
