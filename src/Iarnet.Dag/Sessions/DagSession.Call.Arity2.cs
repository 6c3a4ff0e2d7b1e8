using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, TR> function, DataRef<T1> a, DataRef<T2> b) =>
        Add(new ControlNode<T1, T2, TR>(this, Resolve(function), new(function, CallKind.Value), new DataRef<TR>(this), Own(a), Own(b)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, TR> function, DataRef<T1> a, T2 b) =>
        Call(function, a, Put(b));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, TR> function, T1 a, DataRef<T2> b) =>
        Call(function, Put(a), b);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, TR> function, T1 a, T2 b) =>
        Call(function, Put(a), Put(b));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, Task<TR>> function, DataRef<T1> a, DataRef<T2> b) =>
        Add(new ControlNode<T1, T2, TR>(this, Resolve(function), new(function, CallKind.Task), new DataRef<TR>(this), Own(a), Own(b)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, Task<TR>> function, DataRef<T1> a, T2 b) =>
        Call(function, a, Put(b));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, Task<TR>> function, T1 a, DataRef<T2> b) =>
        Call(function, Put(a), b);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, Task<TR>> function, T1 a, T2 b) =>
        Call(function, Put(a), Put(b));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, CancellationToken, Task<TR>> function, DataRef<T1> a, DataRef<T2> b) =>
        Add(new ControlNode<T1, T2, TR>(this, Resolve(function), new(function, CallKind.CancelableTask), new DataRef<TR>(this), Own(a), Own(b)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, CancellationToken, Task<TR>> function, DataRef<T1> a, T2 b) =>
        Call(function, a, Put(b));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, CancellationToken, Task<TR>> function, T1 a, DataRef<T2> b) =>
        Call(function, Put(a), b);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(Func<T1, T2, CancellationToken, Task<TR>> function, T1 a, T2 b) =>
        Call(function, Put(a), Put(b));
}
