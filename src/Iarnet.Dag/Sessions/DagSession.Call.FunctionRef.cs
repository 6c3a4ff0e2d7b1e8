using Iarnet.Dag;

namespace Iarnet;

public sealed partial class DagSession
{
    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<TR>(FunctionRef<TR> function) =>
        Add(new ControlNode<TR>(this, Resolve(function), function.TypedBody, new DataRef<TR>(this)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(FunctionRef<T1, TR> function, DataRef<T1> a) =>
        Add(new ControlNode<T1, TR>(this, Resolve(function), function.TypedBody, new DataRef<TR>(this), Own(a)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, TR>(FunctionRef<T1, TR> function, T1 a) =>
        Call(function, Put(a));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(FunctionRef<T1, T2, TR> function, DataRef<T1> a, DataRef<T2> b) =>
        Add(new ControlNode<T1, T2, TR>(this, Resolve(function), function.TypedBody, new DataRef<TR>(this), Own(a), Own(b)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(FunctionRef<T1, T2, TR> function, DataRef<T1> a, T2 b) =>
        Call(function, a, Put(b));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(FunctionRef<T1, T2, TR> function, T1 a, DataRef<T2> b) =>
        Call(function, Put(a), b);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, TR>(FunctionRef<T1, T2, TR> function, T1 a, T2 b) =>
        Call(function, Put(a), Put(b));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c) =>
        Add(new ControlNode<T1, T2, T3, TR>(this, Resolve(function), function.TypedBody, new DataRef<TR>(this), Own(a), Own(b), Own(c)));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, DataRef<T1> a, DataRef<T2> b, T3 c) =>
        Call(function, a, b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, DataRef<T1> a, T2 b, DataRef<T3> c) =>
        Call(function, a, Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, DataRef<T1> a, T2 b, T3 c) =>
        Call(function, a, Put(b), Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, T1 a, DataRef<T2> b, DataRef<T3> c) =>
        Call(function, Put(a), b, c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, T1 a, DataRef<T2> b, T3 c) =>
        Call(function, Put(a), b, Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, T1 a, T2 b, DataRef<T3> c) =>
        Call(function, Put(a), Put(b), c);

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, TR>(FunctionRef<T1, T2, T3, TR> function, T1 a, T2 b, T3 c) =>
        Call(function, Put(a), Put(b), Put(c));

    /// <inheritdoc cref="Call{TR}(Func{TR})"/>
    public DataRef<TR> Call<T1, T2, T3, T4, TR>(FunctionRef<T1, T2, T3, T4, TR> function, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c, DataRef<T4> d) =>
        Add(new ControlNode<T1, T2, T3, T4, TR>(this, Resolve(function), function.TypedBody, new DataRef<TR>(this), Own(a), Own(b), Own(c), Own(d)));
}
