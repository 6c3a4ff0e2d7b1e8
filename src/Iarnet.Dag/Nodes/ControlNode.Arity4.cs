namespace Iarnet.Dag;

/// <summary>A call with four arguments.</summary>
internal sealed class ControlNode<T1, T2, T3, T4, TR>(DagSession session, SessionFunction function, in TypedBody body, DataRef<TR> output, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c, DataRef<T4> d)
    : ResultNode<TR>(session, function, body, output)
{
    private DataRef<T1>? _a = a;
    private DataRef<T2>? _b = b;
    private DataRef<T3>? _c = c;
    private DataRef<T4>? _d = d;

    public override int ArgumentCount => _a is null ? 0 : 4;

    public override DataRef GetInput(int index) => index switch
    {
        0 => _a!,
        1 => _b!,
        2 => _c!,
        _ => _d!,
    };

    public override Task? Invoke() => Kind switch
    {
        CallKind.Value => Set(((Func<T1, T2, T3, T4, TR>)Body!)(_a!.Value, _b!.Value, _c!.Value, _d!.Value)),
        CallKind.Task => Await(((Func<T1, T2, T3, T4, Task<TR>>)Body!)(_a!.Value, _b!.Value, _c!.Value, _d!.Value)),
        CallKind.CancelableTask => Await(((Func<T1, T2, T3, T4, CancellationToken, Task<TR>>)Body!)(_a!.Value, _b!.Value, _c!.Value, _d!.Value, Cancellation)),
        _ => throw NoBody(),
    };

    protected override void DropInputs()
    {
        _a = null;
        _b = null;
        _c = null;
        _d = null;
    }
}
