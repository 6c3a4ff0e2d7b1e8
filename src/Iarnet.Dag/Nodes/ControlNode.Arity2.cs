namespace Iarnet.Dag;

/// <summary>A call with two arguments.</summary>
internal sealed class ControlNode<T1, T2, TR>(DagSession session, SessionFunction function, in TypedBody body, DataRef<TR> output, DataRef<T1> a, DataRef<T2> b)
    : ResultNode<TR>(session, function, body, output)
{
    private DataRef<T1>? _a = a;
    private DataRef<T2>? _b = b;

    public override int ArgumentCount => _a is null ? 0 : 2;

    public override DataRef GetInput(int index) => index switch
    {
        0 => _a!,
        _ => _b!,
    };

    public override Task? Invoke() => Kind switch
    {
        CallKind.Value => Set(((Func<T1, T2, TR>)Body!)(_a!.Value, _b!.Value)),
        CallKind.Task => Await(((Func<T1, T2, Task<TR>>)Body!)(_a!.Value, _b!.Value)),
        CallKind.CancelableTask => Await(((Func<T1, T2, CancellationToken, Task<TR>>)Body!)(_a!.Value, _b!.Value, Cancellation)),
        _ => throw NoBody(),
    };

    protected override void DropInputs()
    {
        _a = null;
        _b = null;
    }
}
