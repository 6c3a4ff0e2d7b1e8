using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c) =>
        Add(new ControlNode<T1, T2, T3, TR>(this, Resolve(function), new(function, CallKind.Value), new DataRef<TR>(this), Own(a), Own(b), Own(c)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, DataRef<T1> a, DataRef<T2> b, T3 c) =>
        Call(function, a, b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, DataRef<T1> a, T2 b, DataRef<T3> c) =>
        Call(function, a, Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, DataRef<T1> a, T2 b, T3 c) =>
        Call(function, a, Put(b), Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, T1 a, DataRef<T2> b, DataRef<T3> c) =>
        Call(function, Put(a), b, c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, T1 a, DataRef<T2> b, T3 c) =>
        Call(function, Put(a), b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, T1 a, T2 b, DataRef<T3> c) =>
        Call(function, Put(a), Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, TR> function, T1 a, T2 b, T3 c) =>
        Call(function, Put(a), Put(b), Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c) =>
        Add(new ControlNode<T1, T2, T3, TR>(this, Resolve(function), new(function, CallKind.Task), new DataRef<TR>(this), Own(a), Own(b), Own(c)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, DataRef<T1> a, DataRef<T2> b, T3 c) =>
        Call(function, a, b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, DataRef<T1> a, T2 b, DataRef<T3> c) =>
        Call(function, a, Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, DataRef<T1> a, T2 b, T3 c) =>
        Call(function, a, Put(b), Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, T1 a, DataRef<T2> b, DataRef<T3> c) =>
        Call(function, Put(a), b, c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, T1 a, DataRef<T2> b, T3 c) =>
        Call(function, Put(a), b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, T1 a, T2 b, DataRef<T3> c) =>
        Call(function, Put(a), Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, Task<TR>> function, T1 a, T2 b, T3 c) =>
        Call(function, Put(a), Put(b), Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c) =>
        Add(new ControlNode<T1, T2, T3, TR>(this, Resolve(function), new(function, CallKind.CancelableTask), new DataRef<TR>(this), Own(a), Own(b), Own(c)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, DataRef<T1> a, DataRef<T2> b, T3 c) =>
        Call(function, a, b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, DataRef<T1> a, T2 b, DataRef<T3> c) =>
        Call(function, a, Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, DataRef<T1> a, T2 b, T3 c) =>
        Call(function, a, Put(b), Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, T1 a, DataRef<T2> b, DataRef<T3> c) =>
        Call(function, Put(a), b, c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, T1 a, DataRef<T2> b, T3 c) =>
        Call(function, Put(a), b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, T1 a, T2 b, DataRef<T3> c) =>
        Call(function, Put(a), Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(Func<T1, T2, T3, CancellationToken, Task<TR>> function, T1 a, T2 b, T3 c) =>
        Call(function, Put(a), Put(b), Put(c));
}
