using Iarnet.Dag;

namespace Iarnet;

public abstract partial class FunctionRef
{
    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<TR> Create<TR>(Func<TR> function) => new(function, CallKind.Value);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<TR> Create<TR>(Func<Task<TR>> function) => new(function, CallKind.Task);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<TR> Create<TR>(Func<CancellationToken, Task<TR>> function) => new(function, CallKind.CancelableTask);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, TR> Create<T1, TR>(Func<T1, TR> function) => new(function, CallKind.Value);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, TR> Create<T1, TR>(Func<T1, Task<TR>> function) => new(function, CallKind.Task);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, TR> Create<T1, TR>(Func<T1, CancellationToken, Task<TR>> function) => new(function, CallKind.CancelableTask);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, TR> Create<T1, T2, TR>(Func<T1, T2, TR> function) => new(function, CallKind.Value);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, TR> Create<T1, T2, TR>(Func<T1, T2, Task<TR>> function) => new(function, CallKind.Task);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, TR> Create<T1, T2, TR>(Func<T1, T2, CancellationToken, Task<TR>> function) => new(function, CallKind.CancelableTask);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, T3, TR> Create<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function) => new(function, CallKind.Value);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, T3, TR> Create<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function) => new(function, CallKind.Task);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, T3, TR> Create<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function) => new(function, CallKind.CancelableTask);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, T3, T4, TR> Create<T1, T2, T3, T4, TR>(Func<T1, T2, T3, T4, TR> function) => new(function, CallKind.Value);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, T3, T4, TR> Create<T1, T2, T3, T4, TR>(Func<T1, T2, T3, T4, Task<TR>> function) => new(function, CallKind.Task);

    /// <summary>Makes a handle of a static method.</summary>
    public static FunctionRef<T1, T2, T3, T4, TR> Create<T1, T2, T3, T4, TR>(Func<T1, T2, T3, T4, CancellationToken, Task<TR>> function) => new(function, CallKind.CancelableTask);

    /// <summary>Makes a handle of a static method whose array parameter takes all arguments of a call.</summary>
    public static VariadicFunctionRef<T, TR> CreateVariadic<T, TR>(Func<T[], TR> function) => new(function);
}
