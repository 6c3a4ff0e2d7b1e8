namespace Iarnet.Dag;

/// <summary>A call with three arguments.</summary>
internal sealed class ControlNode<T1, T2, T3, TR>(DagSession session, SessionFunction function, in TypedBody body, DataRef<TR> output, DataRef<T1> a, DataRef<T2> b, DataRef<T3> c)
    : ResultNode<TR>(session, function, body, output)
{
    private DataRef<T1>? _a = a;
    private DataRef<T2>? _b = b;
    private DataRef<T3>? _c = c;

    public override int ArgumentCount => _a is null ? 0 : 3;

    public override DataRef GetInput(int index) => index switch
    {
        0 => _a!,
        1 => _b!,
        _ => _c!,
    };

    public override Task? Invoke() => Kind switch
    {
        CallKind.Value => Set(((Func<T1, T2, T3, TR>)Body!)(_a!.Value, _b!.Value, _c!.Value)),
        CallKind.Task => Await(((Func<T1, T2, T3, Task<TR>>)Body!)(_a!.Value, _b!.Value, _c!.Value)),
        CallKind.CancelableTask => Await(((Func<T1, T2, T3, CancellationToken, Task<TR>>)Body!)(_a!.Value, _b!.Value, _c!.Value, Cancellation)),
        _ => throw NoBody(),
    };

    protected override void DropInputs()
    {
        _a = null;
        _b = null;
        _c = null;
    }
}
