using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, T4, TR>(Func<T1, T2, T3, T4, TR> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c, DataRef<T4> d) =>
        Add(new ControlNode<T1, T2, T3, T4, TR>(this, Resolve(function), new(function, CallKind.Value), new DataRef<TR>(this), Own(a), Own(b), Own(c), Own(d)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, T4, TR>(Func<T1, T2, T3, T4, Task<TR>> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c, DataRef<T4> d) =>
        Add(new ControlNode<T1, T2, T3, T4, TR>(this, Resolve(function), new(function, CallKind.Task), new DataRef<TR>(this), Own(a), Own(b), Own(c), Own(d)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, T4, TR>(Func<T1, T2, T3, T4, CancellationToken, Task<TR>> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c, DataRef<T4> d) =>
        Add(new ControlNode<T1, T2, T3, T4, TR>(this, Resolve(function), new(function, CallKind.CancelableTask), new DataRef<TR>(this), Own(a), Own(b), Own(c), Own(d)));
}
