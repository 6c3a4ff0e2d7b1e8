using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(Func<T1, TR> function, DataRef<T1> a) =>
        Add(new ControlNode<T1, TR>(this, Resolve(function), new(function, CallKind.Value), new DataRef<TR>(this), Own(a)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(Func<T1, TR> function, T1 a) =>
        Call(function, Put(a));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(Func<T1, Task<TR>> function, DataRef<T1> a) =>
        Add(new ControlNode<T1, TR>(this, Resolve(function), new(function, CallKind.Task), new DataRef<TR>(this), Own(a)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(Func<T1, Task<TR>> function, T1 a) =>
        Call(function, Put(a));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(Func<T1, CancellationToken, Task<TR>> function, DataRef<T1> a) =>
        Add(new ControlNode<T1, TR>(this, Resolve(function), new(function, CallKind.CancelableTask), new DataRef<TR>(this), Own(a)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(Func<T1, CancellationToken, Task<TR>> function, T1 a) =>
        Call(function, Put(a));
}
